-- The points of a lead's changes make the difference between its raw score of now and that of its last remembered scoring before.
with dated as (

    select
        lead_id,
        as_of,
        raw_score,
        row_number() over (partition by lead_id order by as_of desc) as age
    from {{ ref('int_scoring__scored_rows') }}
    where as_of < {{ as_of_date() }}

),

summed as (

    select
        lead_id,
        min(previous_as_of) as previous_as_of,
        min(score) as score,
        sum(points) as points
    from {{ ref('fct_lead_score_changes') }}
    group by lead_id

)

select
    scores.lead_id,
    scores.raw_score,
    dated.raw_score as previous_raw_score,
    summed.points
from {{ ref('fct_lead_scores') }} as scores
left join dated on scores.lead_id = dated.lead_id and dated.age = 1
left join summed on scores.lead_id = summed.lead_id
where
    (dated.lead_id is null and summed.lead_id is not null)
    or abs(scores.raw_score - dated.raw_score - coalesce(summed.points, 0)) > 1e-6
    or summed.previous_as_of != dated.as_of
    or abs(summed.score - scores.score) > 1e-9
