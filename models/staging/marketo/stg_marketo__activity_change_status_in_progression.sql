-- Steps through programs: who registered for a webinar and who came.
with source as (

    select * from {{ read_source('marketo', 'activity_change_status_in_progression') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the program
    primary_attribute_value_id as program_id,
    primary_attribute_value as program_name,
    new_status,
    old_status,
    coalesce(success, false) as is_success,

    -- when
    activity_date as occurred_at

from source
