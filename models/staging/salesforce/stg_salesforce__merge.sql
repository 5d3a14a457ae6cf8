-- Which CRM record went into which: tasks and memberships may still name the one that is gone.
with records as (

    select
        'lead' as salesforce_object,
        id,
        master_record_id,
        last_modified_date
    from {{ read_source('salesforce', 'lead') }}
    union all
    select
        'contact' as salesforce_object,
        id,
        master_record_id,
        last_modified_date
    from {{ read_source('salesforce', 'contact') }}
    union all
    select
        'account' as salesforce_object,
        id,
        master_record_id,
        last_modified_date
    from {{ read_source('salesforce', 'account') }}

)

select
    'salesforce.' || salesforce_object || ':' || id as merged_record_id,
    'salesforce.' || salesforce_object || ':' || master_record_id as surviving_record_id,
    salesforce_object,
    last_modified_date as merged_at
from records
where
    master_record_id <> id
    and not {{ is_live('master_record_id is not null', 'last_modified_date') }}
