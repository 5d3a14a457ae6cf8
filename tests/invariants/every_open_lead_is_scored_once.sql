-- Every lead that had not converted by as_of has one score of that day, and no other lead has any.
with scored as (

    select
        lead_id,
        count(*) as n_scores,
        min(as_of) as as_of
    from {{ ref('fct_lead_scores') }}
    group by lead_id

),

open_leads as (

    select lead_id from {{ ref('dim_leads') }} where converted_at is null

)

select
    open_leads.lead_id as open_lead_id,
    scored.lead_id as scored_lead_id,
    scored.n_scores,
    scored.as_of
from open_leads
full join scored on open_leads.lead_id = scored.lead_id
where
    open_leads.lead_id is null
    or coalesce(scored.n_scores, 0) != 1
    or scored.as_of != {{ as_of_date() }}
