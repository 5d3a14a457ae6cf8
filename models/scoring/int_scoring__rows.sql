-- The leads to score now: those still open at as_of, with their features.
select features.*
from {{ ref('feat_leads') }} as features
inner join {{ ref('feat_spine') }} as spine on features.lead_id = spine.lead_id and features.as_of = spine.as_of
where spine.purpose = 'scoring'
