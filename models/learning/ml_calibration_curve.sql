-- Reliability of every model: predicted and observed rates in ten bins of as many snapshots, from the lowest probabilities up.
with binned as (

    select
        model_version,
        split,
        scorer,
        segment,
        ntile(10) over (
            partition by model_version, split, scorer, segment order by probability, lead_id, as_of
        ) as bin,
        probability,
        case when is_converted then cast(1 as double) else cast(0 as double) end as is_conversion
    from {{ ref('int_learning__judged_predictions') }}

)

select
    model_version,
    split,
    scorer,
    segment,
    cast(bin as integer) as bin,
    count(*) as snapshots,
    -- Summed as decimals, whose sum does not depend on the order of rows.
    cast(sum(cast(probability as decimal(18, 12))) as double) / count(*) as predicted_rate,
    avg(is_conversion) as observed_rate
from binned
group by model_version, split, scorer, segment, bin
