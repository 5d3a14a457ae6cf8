-- Whose score rose most since the day scored before, and what raises it now: whom to call first after a run.
with dated as (

    select
        lead_id,
        as_of,
        score,
        lag(score) over (partition by lead_id order by as_of) as score_before,
        lag(as_of) over (partition by lead_id order by as_of) as as_of_before
    from {{ ref('fct_lead_score_history') }}
    where as_of <= {{ as_of_date() }}

),

strongest as (

    select
        lead_id,
        reason_text
    from {{ ref('fct_lead_score_reasons') }}
    where direction = 'up' and feature != 'all_other_features'
    qualify row_number() over (partition by lead_id order by rank) = 1

)

select
    dated.lead_id,
    leads.first_name,
    leads.last_name,
    leads.company_name,
    dated.as_of_before,
    round(dated.score_before, 1) as score_before,
    round(dated.score, 1) as score_now,
    round(dated.score - dated.score_before, 1) as rise,
    strongest.reason_text as strongest_reason
from dated
inner join {{ ref('dim_leads') }} as leads on dated.lead_id = leads.lead_id
left join strongest on dated.lead_id = strongest.lead_id
where dated.as_of = {{ as_of_date() }} and dated.score > dated.score_before
order by rise desc, dated.lead_id
