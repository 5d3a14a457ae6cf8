-- The timeline: one row per touch of one person, whatever system recorded it.
select
    touches.activity_id,
    touches.lead_id,
    leads.account_id,
    touches.occurred_at,
    touches.source_system,
    touches.channel,
    touches.activity_type,
    touches.direction,
    touches.asset,
    case when touches.is_content then assets.asset_type end as asset_type,
    case when touches.is_content then assets.content_stage end as content_stage,
    case when touches.is_content then coalesce(assets.depth_weight, 0) else 0 end as depth_weight,
    coalesce(touches.is_content and assets.is_solution_fit, false) as is_solution_fit,
    touches.is_bot,
    touches.activity_type = 'call_answered'
    or (touches.direction = 'inbound' and not touches.is_bot and touches.activity_type != 'unsubscribe') as is_engagement
from {{ ref('int_timeline__touches') }} as touches
inner join {{ ref('int_identity__leads') }} as leads on touches.lead_id = leads.lead_id
left join {{ ref('int_timeline__assets') }} as assets on touches.asset = assets.asset
