-- Does the champion mean what it says? Held-out snapshots by tenth of the predicted probability, what was predicted and what came.
with ranked as (

    select
        split,
        is_converted,
        model_probability,
        ntile(10) over (partition by split order by model_probability desc, lead_id, as_of) as decile
    from {{ ref('ml_holdout_predictions') }}
    where model_version in (select champions.model_version from {{ ref('ml_models') }} as champions where champions.status = 'champion')

)

select
    split,
    decile,
    count(*) as n_snapshots,
    sum(case when is_converted then 1 else 0 end) as n_conversions,
    round(100 * avg(model_probability), 2) as predicted_percent,
    round(100 * avg(case when is_converted then 1.0 else 0.0 end), 2) as observed_percent
from ranked
group by split, decile
order by split, decile
