-- base_score plus the points of all features is the raw score, on every row.
with summed as (

    select
        lead_id,
        sum(points) as points
    from {{ ref('ml_lead_contributions') }}
    group by lead_id

)

select
    scores.lead_id,
    scores.raw_score,
    scores.base_score,
    summed.points
from {{ ref('fct_lead_scores') }} as scores
full join summed on scores.lead_id = summed.lead_id
where coalesce(abs(scores.base_score + summed.points - scores.raw_score), 1) > 1e-6
