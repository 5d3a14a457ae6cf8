-- Every touch of a known person, with the asset freed of what differs from visit to visit.
with touches as (

    select * from {{ ref('int_timeline__marketo_touches') }}
    union all
    select * from {{ ref('int_timeline__salesforce_touches') }}

)

select
    touches.activity_id,
    source_records.lead_id,
    touches.occurred_at,
    touches.source_system,
    touches.channel,
    touches.activity_type,
    touches.direction,
    split_part(split_part(touches.asset, '?', 1), '#', 1) as asset,
    touches.is_content,
    touches.is_bot
from touches
inner join {{ ref('lead_source_records') }} as source_records on touches.record_id = source_records.record_id
