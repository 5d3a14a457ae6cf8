-- The score is the raw score held within 0 and 100, and nothing is missing.
select lead_id, score, raw_score
from {{ ref('fct_lead_scores') }}
where coalesce(score != greatest(0, least(100, raw_score)), true)
