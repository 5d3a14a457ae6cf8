-- Companies, as the CRM knows them.
with source as (

    select * from {{ read_source('salesforce', 'account') }}

)

select
    -- ids
    id as salesforce_account_id,
    parent_id as parent_account_id,
    owner_id,

    -- the company
    name as account_name,
    website,
    industry,
    number_of_employees as employee_count,
    annual_revenue,
    billing_country as country,

    -- when
    created_date as created_at,
    last_modified_date as updated_at

from source
where {{ is_live('is_deleted or master_record_id is not null', 'last_modified_date') }}
