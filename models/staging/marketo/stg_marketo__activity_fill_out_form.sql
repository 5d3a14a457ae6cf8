-- Forms leads filled in: what they asked for in so many words.
with source as (

    select * from {{ read_source('marketo', 'activity_fill_out_form') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the form
    primary_attribute_value as form_name,
    referrer_url,

    -- when
    activity_date as occurred_at

from source
