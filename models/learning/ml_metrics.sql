-- How good every model of the registry was when it was trained, figure by figure.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='model_version',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    cast(trained.model_version as varchar) as model_version,
    cast(metrics.split as varchar) as split,
    cast(metrics.slice_kind as varchar) as slice_kind,
    cast(metrics.slice as varchar) as slice,
    cast(metrics.scorer as varchar) as scorer,
    cast(metrics.metric as varchar) as metric,
    cast(metrics.value as double) as value,
    cast(metrics.lower as double) as lower,
    cast(metrics.upper as double) as upper,
    cast(metrics.n_rows as bigint) as n_rows,
    cast(metrics.n_positive as bigint) as n_positive,
    cast(metrics.n_train as bigint) as n_train
from {{ ref('int_learning__metrics') }} as metrics
cross join {{ ref('int_learning__trained_model') }} as trained
