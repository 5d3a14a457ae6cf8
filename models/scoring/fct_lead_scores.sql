-- The score of every open lead as of this run.
with scored as (

    select
        lead_id,
        as_of,
        model_version,
        conversion_probability,
        greatest(0, least(100, raw_score)) as score,
        raw_score,
        base_score
    from {{ ref('ml_lead_explanations') }}

)

select
    scored.lead_id,
    cast(scored.as_of as date) as as_of,
    scored.model_version,
    scored.conversion_probability,
    scored.score,
    scored.raw_score,
    scored.base_score,
    bands.band as score_band,
    100 * cume_dist() over (order by scored.raw_score) as percentile
from scored
inner join {{ ref('score_bands') }} as bands on scored.score >= bands.min_score and scored.score < bands.max_score
