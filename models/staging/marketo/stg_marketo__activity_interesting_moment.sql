-- Moments marketing marked for sales.
with source as (

    select * from {{ read_source('marketo', 'activity_interesting_moment') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the moment
    primary_attribute_value as moment_type,
    description,

    -- when
    activity_date as occurred_at

from source
