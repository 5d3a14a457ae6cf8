-- Clicks in emails. Mail scanners follow every link of a message at once; Marketo flags only some of them, so three
-- different links of one lead and mailing within ten seconds count as a machine as well.
with source as (

    select * from {{ read_source('marketo', 'activity_click_email') }}

),

bursts as (

    select clicks.id
    from source as clicks
    inner join source as nearby
        on clicks.lead_id = nearby.lead_id
        and coalesce(clicks.campaign_run_id, -1) = coalesce(nearby.campaign_run_id, -1)
        and nearby.activity_date >= {{ dbt.dateadd('second', -10, 'clicks.activity_date') }}
        and nearby.activity_date <= {{ dbt.dateadd('second', 10, 'clicks.activity_date') }}
    group by clicks.id
    having count(distinct nearby.link) >= 3

)

select
    -- ids
    source.id as activity_id,
    source.lead_id as marketo_lead_id,
    source.campaign_id,
    source.campaign_run_id,

    -- the email
    source.primary_attribute_value as email_name,
    source.link,
    source.user_agent,
    bursts.id is not null
    or {{ is_bot_activity('source.is_bot_activity', 'source.bot_activity_pattern', 'source.user_agent') }} as is_bot,

    -- when
    source.activity_date as occurred_at

from source
left join bursts on source.id = bursts.id
