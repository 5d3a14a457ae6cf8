-- Whether each run trained, and why: one row a run. It is also the memory of which days were run.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    as_of,
    is_replay,
    cast(retrain as varchar) as retrain,
    should_train,
    cast(reasons as varchar) as reasons,
    cast(details as varchar) as details,
    cast(mode as varchar) as mode,
    cast(champion_version as varchar) as champion_version,
    cast(days_since_training as integer) as days_since_training
from {{ ref('int_learning__decision') }}
