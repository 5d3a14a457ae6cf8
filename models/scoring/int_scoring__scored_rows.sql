-- What each lead was scored with at the two newest scorings, this run's among them: what tells later why a score moved. Older ones are
-- dropped, so the table does not grow with time; the scores themselves stay in fct_lead_score_history.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of',
    full_refresh=false,
    on_schema_change='append_new_columns',
    post_hook=[
        "delete from {{ this }} where as_of not in (
            select days.as_of from (select distinct as_of from {{ this }}) as days order by days.as_of desc limit 2
        )"
    ]
) }}

select
    scores.model_version,
    scores.raw_score,
    features.*
from {{ ref('int_scoring__rows') }} as features
inner join {{ ref('fct_lead_scores') }} as scores on features.lead_id = scores.lead_id
