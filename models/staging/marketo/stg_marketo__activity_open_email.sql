-- Openings of emails. Mail scanners open them too; theirs are marked, not dropped.
with source as (

    select * from {{ read_source('marketo', 'activity_open_email') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,
    campaign_run_id,

    -- the email
    primary_attribute_value as email_name,
    user_agent,
    {{ is_bot_activity('is_bot_activity', 'bot_activity_pattern', 'user_agent') }} as is_bot,

    -- when
    activity_date as occurred_at

from source
