-- No feature row stands at a moment before the lead's first record was made.
select
    features.lead_id,
    features.as_of,
    leads.created_at
from {{ ref('feat_leads') }} as features
inner join {{ ref('dim_leads') }} as leads on features.lead_id = leads.lead_id
where cast(features.as_of as datetime) <= leads.created_at
