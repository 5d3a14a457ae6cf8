-- Emails that arrived: what opens and clicks are measured against.
with source as (

    select * from {{ read_source('marketo', 'activity_email_delivered') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the email
    campaign_run_id,
    email_template_id,
    primary_attribute_value as email_name,

    -- when
    activity_date as occurred_at

from source
