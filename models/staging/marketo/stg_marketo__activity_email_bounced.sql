-- Emails refused for good: the address does not work.
with source as (

    select * from {{ read_source('marketo', 'activity_email_bounced') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the email
    primary_attribute_value as email_name,
    category as bounce_category,
    details as bounce_details,

    -- when
    activity_date as occurred_at

from source
