-- Pages known leads looked at: the plainest sign of what they are after.
with source as (

    select * from {{ read_source('marketo', 'activity_visit_webpage') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the page
    coalesce(webpage_url, primary_attribute_value) as webpage_url,
    referrer_url,
    user_agent,

    -- when
    activity_date as occurred_at

from source
