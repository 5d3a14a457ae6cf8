-- No lead has more training snapshots than training_snapshots_per_lead.
select
    lead_id,
    count(*) as n_snapshots
from {{ ref('feat_spine') }}
where purpose = 'training'
group by lead_id
having count(*) > {{ setting('training_snapshots_per_lead') }}
