-- How leads first became known.
with source as (

    select * from {{ read_source('marketo', 'activity_new_lead') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the origin
    lead_source,
    source_type,
    form_name,

    -- when
    activity_date as occurred_at

from source
