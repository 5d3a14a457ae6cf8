-- A lead has at most five reasons up and five down, ranked without gap, and one line for all other features, the last.
select
    lead_id,
    count(*) as n_reasons,
    max(rank) as last_rank
from {{ ref('fct_lead_score_reasons') }}
group by lead_id
having
    sum(case when direction = 'up' and feature != 'all_other_features' then 1 else 0 end) > 5
    or sum(case when direction = 'down' and feature != 'all_other_features' then 1 else 0 end) > 5
    or sum(case when feature = 'all_other_features' then 1 else 0 end) != 1
    or max(case when feature = 'all_other_features' then rank end) != count(*)
    or min(rank) != 1
    or max(rank) != count(*)
