-- Held-out predictions in the shape that curves are drawn from: a row for each scorer, once in its segment and once among all.
{{ config(materialized='view') }}

with judged as (

    select model_version, split, 'model' as scorer, segment, lead_id, as_of, is_converted, model_probability as probability
    from {{ ref('ml_holdout_predictions') }}

    union all

    select model_version, split, 'rules', segment, lead_id, as_of, is_converted, rules_probability
    from {{ ref('ml_holdout_predictions') }}

)

select model_version, split, scorer, segment, lead_id, as_of, is_converted, probability
from judged

union all

select model_version, split, scorer, 'all', lead_id, as_of, is_converted, probability
from judged
