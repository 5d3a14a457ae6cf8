-- What would help raises the score by a point at least, and a lead is told three actions at most.
select
    lead_id,
    count(*) as n_actions,
    min(points) as least_points
from {{ ref('fct_lead_score_what_if') }}
group by lead_id
having count(*) > 3 or min(points) < 1 or max(rank) != count(*)
