-- Every score ever given, one row per lead and as_of. A run at an as_of replaces what an earlier run said of that day.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    lead_id,
    as_of,
    model_version,
    score,
    conversion_probability
from {{ ref('fct_lead_scores') }}
