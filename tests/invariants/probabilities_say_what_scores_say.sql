-- Probability, raw score and the champion's reference odds agree: odds = reference odds * 2 ^ ((raw score - 50) / 10), between 0 and 1.
with champion as (

    select model_version, reference_odds
    from {{ ref('ml_models') }}
    where status = 'champion'

),

compared as (

    select
        scores.lead_id,
        scores.conversion_probability,
        scores.raw_score,
        champion.reference_odds,
        1 / (1 + power(2, (50 - scores.raw_score) / 10) / champion.reference_odds) as expected_probability
    from {{ ref('fct_lead_scores') }} as scores
    left join champion on scores.model_version = champion.model_version

)

select *
from compared
where
    conversion_probability <= 0
    or conversion_probability >= 1
    or coalesce(abs(conversion_probability - expected_probability), 1) > 1e-9
