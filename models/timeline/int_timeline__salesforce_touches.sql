-- What sales did and what campaigns brought, in the one shape of all touches.
{{ config(materialized='view') }}
with people as (

    select source_id, record_id from {{ ref('lead_source_records') }} where source_system = 'salesforce'

),

tasks as (

    select
        'salesforce.task:' || tasks.task_id as activity_id,
        people.record_id,
        tasks.occurred_at,
        'sales' as channel,
        case
            when lower(tasks.task_subtype) = 'call' or lower(tasks.task_type) = 'call'
                then case when {{ is_answered('tasks.call_disposition') }} then 'call_answered' else 'call_attempted' end
            when lower(tasks.task_subtype) like '%email' or lower(tasks.task_type) = 'email' then 'sales_email'
            else 'sales_task'
        end as activity_type,
        case when lower(tasks.call_type) = 'inbound' then 'inbound' else 'outbound' end as direction,
        tasks.subject as asset,
        false as is_content
    from {{ ref('stg_salesforce__task') }} as tasks
    inner join people on tasks.who_id = people.source_id

),

meetings as (

    select
        'salesforce.event:' || events.event_id as activity_id,
        people.record_id,
        events.occurred_at,
        'sales' as channel,
        'meeting' as activity_type,
        'inbound' as direction,
        events.subject as asset,
        false as is_content
    from {{ ref('stg_salesforce__event') }} as events
    inner join people on events.who_id = people.source_id

),

responses as (

    select
        'salesforce.campaign_member:' || members.campaign_member_id as activity_id,
        people.record_id,
        members.responded_at as occurred_at,
        {{ program_channel('campaigns.campaign_type') }} as channel,
        coalesce({{ attendance_type('members.member_status', 'campaigns.campaign_type') }}, 'program_response') as activity_type,
        'inbound' as direction,
        campaigns.campaign_name as asset,
        true as is_content
    from {{ ref('stg_salesforce__campaign_member') }} as members
    inner join people on coalesce(members.salesforce_contact_id, members.salesforce_lead_id) = people.source_id
    left join {{ ref('stg_salesforce__campaign') }} as campaigns on members.campaign_id = campaigns.campaign_id
    where members.responded_at is not null

),

touches as (

    select * from tasks
    union all
    select * from meetings
    union all
    select * from responses

)

select
    activity_id,
    record_id,
    occurred_at,
    'salesforce' as source_system,
    channel,
    activity_type,
    direction,
    asset,
    is_content,
    false as is_bot
from touches
