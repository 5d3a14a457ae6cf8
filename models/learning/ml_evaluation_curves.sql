-- Gains, lift, ROC and precision-recall of every model as points to plot, one for each percent of the snapshots chosen from the best down:
-- gains are recall over share_chosen, ROC is recall over false_positive_rate, and so on. Ties fall by the hash of the lead.
with chosen as (

    select
        model_version,
        split,
        scorer,
        segment,
        probability,
        ntile(100) over (
            partition by model_version, split, scorer, segment
            order by probability desc, {{ hash_number("lead_id || cast(as_of as varchar)") }}, lead_id, as_of
        ) as percent_chosen,
        case when is_converted then 1 else 0 end as is_conversion
    from {{ ref('int_learning__judged_predictions') }}

),

points as (

    select
        model_version,
        split,
        scorer,
        segment,
        percent_chosen,
        min(probability) as least_probability,
        count(*) as snapshots,
        sum(is_conversion) as conversions
    from chosen
    group by model_version, split, scorer, segment, percent_chosen

),

summed as (

    select
        model_version,
        split,
        scorer,
        segment,
        percent_chosen,
        least_probability,
        cast(sum(snapshots) over (
            partition by model_version, split, scorer, segment order by percent_chosen rows between unbounded preceding and current row
        ) as double) as snapshots,
        cast(sum(conversions) over (
            partition by model_version, split, scorer, segment order by percent_chosen rows between unbounded preceding and current row
        ) as double) as conversions,
        cast(sum(snapshots) over (partition by model_version, split, scorer, segment) as double) as all_snapshots,
        cast(sum(conversions) over (partition by model_version, split, scorer, segment) as double) as all_conversions
    from points

)

select
    model_version,
    split,
    scorer,
    segment,
    cast(percent_chosen as integer) as percent_chosen,
    least_probability,
    snapshots / all_snapshots as share_chosen,
    conversions / nullif(all_conversions, 0) as recall,
    conversions / snapshots as precision_chosen,
    conversions / snapshots / nullif(all_conversions / all_snapshots, 0) as lift,
    (snapshots - conversions) / nullif(all_snapshots - all_conversions, 0) as false_positive_rate
from summed
