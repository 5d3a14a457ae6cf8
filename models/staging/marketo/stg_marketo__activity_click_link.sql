-- Links known leads clicked on web pages.
with source as (

    select * from {{ read_source('marketo', 'activity_click_link') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the link
    primary_attribute_value as link_name,
    referrer_url,

    -- when
    activity_date as occurred_at

from source
