-- Whether each run trained, and why: one row a run.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    run.as_of,
    run.is_replay,
    champion.model_version as champion_version
from {{ ref('int_learning__parameters') }} as run
left join {{ ref('int_learning__registry_before') }} as champion on champion.status = 'champion'
