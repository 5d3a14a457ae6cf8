-- What history says of as_of is what this run scored.
with remembered as (

    select lead_id, model_version, score, conversion_probability
    from {{ ref('fct_lead_score_history') }}
    where as_of = {{ as_of_date() }}

)

select
    scores.lead_id as scored_lead_id,
    remembered.lead_id as remembered_lead_id
from {{ ref('fct_lead_scores') }} as scores
full join remembered
    on scores.lead_id = remembered.lead_id
    and scores.model_version = remembered.model_version
    and scores.score = remembered.score
    and scores.conversion_probability = remembered.conversion_probability
where scores.lead_id is null or remembered.lead_id is null
