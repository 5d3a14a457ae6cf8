-- Why each lead has its score, told by groups of features that speak of the same thing: pricing_visits_7d, _30d and _90d are one interest
-- in pricing. All topics of a lead make its raw score from base_score, and so do all families. A view: the sums stand in one wide row per
-- lead.
{{ config(materialized='view') }}

with explanations as (

    select * from {{ ref('ml_lead_explanations') }}

),

told as (

    {{ spread_lists('explanations', keep=['lead_id'], lists={
        'group_kinds': {'name': 'grouped_by', 'type': 'varchar'},
        'group_names': {'name': 'feature_group', 'type': 'varchar'},
        'group_points': {'name': 'points', 'type': 'double'},
        'group_features': {'name': 'leading_feature', 'type': 'varchar'},
        'group_values': {'name': 'leading_value', 'type': 'varchar'}
    }) }}

),

ranked as (

    select
        told.*,
        case when catalogue.kind = 'numeric' then {{ try_cast('told.leading_value', 'double') }} end as number,
        row_number() over (partition by told.lead_id, told.grouped_by order by abs(told.points) desc, told.feature_group) as rank
    from told
    left join {{ ref('feature_catalogue') }} as catalogue on told.leading_feature = catalogue.feature

)

select
    ranked.lead_id,
    ranked.grouped_by,
    cast(ranked.rank as integer) as rank,
    case when ranked.points >= 0 then 'up' else 'down' end as direction,
    ranked.feature_group,
    ranked.points,
    ranked.leading_feature,
    ranked.leading_value,
    ranked.feature_group || ' (' || {{ reason_sentence('ranked.leading_value', 'ranked.number', 'catalogue') }} || ')' as reason_text
from ranked
left join {{ ref('feature_catalogue') }} as catalogue on ranked.leading_feature = catalogue.feature
-- What the model makes nothing of is no reason.
where ranked.points != 0
