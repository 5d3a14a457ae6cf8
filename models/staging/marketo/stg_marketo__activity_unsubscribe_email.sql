-- Leads who asked for no more email.
with source as (

    select * from {{ read_source('marketo', 'activity_unsubscribe_email') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the email
    primary_attribute_value as email_name,

    -- when
    activity_date as occurred_at

from source
