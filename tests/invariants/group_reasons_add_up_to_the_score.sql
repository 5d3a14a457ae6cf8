-- base_score plus the points of a lead's topics is the raw score, and so it is with its families.
with summed as (

    select
        lead_id,
        sum(case when grouped_by = 'topic' then points else 0 end) as topic_points,
        sum(case when grouped_by = 'family' then points else 0 end) as family_points
    from {{ ref('fct_lead_score_group_reasons') }}
    group by lead_id

)

select
    scores.lead_id,
    scores.raw_score,
    scores.base_score,
    summed.topic_points,
    summed.family_points
from {{ ref('fct_lead_scores') }} as scores
left join summed on scores.lead_id = summed.lead_id
where
    abs(scores.base_score + coalesce(summed.topic_points, 0) - scores.raw_score) > 1e-6
    or abs(scores.base_score + coalesce(summed.family_points, 0) - scores.raw_score) > 1e-6
