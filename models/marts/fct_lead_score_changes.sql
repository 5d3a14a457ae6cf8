-- Why each lead's score moved since it was scored before, strongest cause first: a line per feature, one for the model if it is another,
-- and one, the last, for what is too small to tell. The points of a lead's lines make its raw score of now from that of before.
with changes as (

    select * from {{ ref('ml_lead_score_changes') }}

),

told as (

    {{ spread_lists(
        'changes',
        keep=['lead_id', 'as_of', 'then_as_of', 'model_version', 'then_model_version', 'raw_score', 'then_raw_score'],
        lists={
            'features': {'name': 'feature', 'type': 'varchar'},
            'then_values': {'name': 'then_value', 'type': 'varchar'},
            'now_values': {'name': 'now_value', 'type': 'varchar'},
            'points': {'name': 'points', 'type': 'double'}
        }
    ) }}

),

ranked as (

    select
        told.*,
        case when catalogue.kind = 'numeric' then {{ try_cast('told.then_value', 'double') }} end as then_number,
        case when catalogue.kind = 'numeric' then {{ try_cast('told.now_value', 'double') }} end as now_number,
        row_number() over (
            partition by told.lead_id
            order by case when told.feature = 'all_other_features' then 1 else 0 end, abs(told.points) desc, told.feature
        ) as rank
    from told
    left join {{ ref('feature_catalogue') }} as catalogue on told.feature = catalogue.feature

)

select
    ranked.lead_id,
    cast(ranked.rank as integer) as rank,
    cast(ranked.then_as_of as date) as previous_as_of,
    cast(ranked.as_of as date) as as_of,
    ranked.then_model_version as previous_model_version,
    ranked.model_version,
    greatest(0, least(100, ranked.then_raw_score)) as previous_score,
    greatest(0, least(100, ranked.raw_score)) as score,
    ranked.then_raw_score as previous_raw_score,
    ranked.raw_score,
    case when ranked.points >= 0 then 'up' else 'down' end as direction,
    ranked.feature,
    ranked.then_value as previous_value,
    ranked.now_value as feature_value,
    ranked.points,
    case ranked.feature
        when 'model_change' then 'the model was renewed and weighs the same facts differently'
        when 'all_other_features' then 'all other features together'
        else {{ change_sentence('ranked.then_value', 'ranked.then_number', 'ranked.now_value', 'ranked.now_number', 'catalogue') }}
    end as change_text
from ranked
left join {{ ref('feature_catalogue') }} as catalogue on ranked.feature = catalogue.feature
