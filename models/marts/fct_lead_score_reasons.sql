-- Why each lead has its score, strongest reason first: the five features that raise it most, the five that lower it most, and one line
-- for all others, so that base_score plus the points of a lead's lines is its raw score.
with explanations as (

    select * from {{ ref('ml_lead_explanations') }}

),

told as (

    {{ spread_lists('explanations', keep=['lead_id'], lists={
        'reason_features': {'name': 'feature', 'type': 'varchar'},
        'reason_values': {'name': 'feature_value', 'type': 'varchar'},
        'reason_points': {'name': 'points', 'type': 'double'}
    }) }}

),

ranked as (

    select
        told.*,
        case when catalogue.kind = 'numeric' then {{ try_cast('told.feature_value', 'double') }} end as number,
        row_number() over (partition by told.lead_id order by abs(told.points) desc, told.feature) as rank
    from told
    left join {{ ref('feature_catalogue') }} as catalogue on told.feature = catalogue.feature

),

others as (

    select
        explanations.lead_id,
        coalesce(max(ranked.rank), 0) + 1 as rank,
        -- Summed as decimals: a sum of floats depends on the order in which threads add them.
        any_value(explanations.raw_score) - any_value(explanations.base_score)
        - cast(coalesce(sum(cast(ranked.points as decimal(38, 12))), 0) as double) as points
    from explanations
    left join ranked on explanations.lead_id = ranked.lead_id
    group by explanations.lead_id

)

select
    ranked.lead_id,
    cast(ranked.rank as integer) as rank,
    case when ranked.points >= 0 then 'up' else 'down' end as direction,
    ranked.feature,
    ranked.feature_value,
    ranked.points,
    {{ reason_sentence('ranked.feature_value', 'ranked.number', 'catalogue') }} as reason_text
from ranked
left join {{ ref('feature_catalogue') }} as catalogue on ranked.feature = catalogue.feature

union all

select
    lead_id,
    cast(rank as integer) as rank,
    case when points >= 0 then 'up' else 'down' end as direction,
    'all_other_features' as feature,
    null as feature_value,
    points,
    'all other features together' as reason_text
from others
