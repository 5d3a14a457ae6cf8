-- What every model was judged by: predictions for snapshots that the predicting model knew nothing of.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='model_version',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    cast(trained.model_version as varchar) as model_version,
    cast(predictions.split as varchar) as split,
    cast(predictions.lead_id as varchar) as lead_id,
    cast(predictions.as_of as date) as as_of,
    cast(predictions.origin as date) as origin,
    cast(predictions.segment as varchar) as segment,
    cast(predictions.owner as varchar) as owner,
    cast(predictions.is_converted as boolean) as is_converted,
    cast(predictions.model_probability as double) as model_probability,
    cast(predictions.rules_probability as double) as rules_probability,
    cast(predictions.training_rows as bigint) as training_rows
from {{ ref('int_learning__holdout_predictions') }} as predictions
cross join {{ ref('int_learning__trained_model') }} as trained
