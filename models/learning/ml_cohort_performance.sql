-- How right the champion was about leads whose horizon has passed since it learnt, beside the quality it was trained with: one row a
-- week and figure.
select
    cast(week as date) as week,
    cast(metric as varchar) as metric,
    cast(model_version as varchar) as model_version,
    cast(cohort_from as date) as cohort_from,
    cast(n_rows as bigint) as n_rows,
    cast(n_positive as bigint) as n_positive,
    cast(value as double) as value,
    cast(lower as double) as lower,
    cast(upper as double) as upper,
    cast(baseline as double) as baseline,
    cast(baseline_lower as double) as baseline_lower,
    cast(baseline_upper as double) as baseline_upper,
    cast(p_value as double) as p_value
from {{ ref('int_learning__cohort_performance') }}
