-- The trials of the parameters of boosting that came before every model of the registry.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='model_version',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    cast(trained.model_version as varchar) as model_version,
    cast(trials.trial as bigint) as trial,
    cast(trials.max_depth as bigint) as max_depth,
    cast(trials.eta as double) as eta,
    cast(trials.min_child_weight as double) as min_child_weight,
    cast(trials.subsample as double) as subsample,
    cast(trials.colsample_bynode as double) as colsample_bynode,
    cast(trials.reg_lambda as double) as reg_lambda,
    cast(trials.log_loss as double) as log_loss,
    cast(trials.pr_auc as double) as pr_auc,
    cast(trials.roc_auc as double) as roc_auc,
    cast(trials.calibration_slope as double) as calibration_slope,
    cast(trials.calibration_intercept as double) as calibration_intercept,
    cast(trials.n_rounds as bigint) as n_rounds,
    cast(trials.n_rows as bigint) as n_rows,
    cast(trials.n_positive as bigint) as n_positive,
    cast(trials.is_chosen as boolean) as is_chosen
from {{ ref('int_learning__tuning_trials') }} as trials
cross join {{ ref('int_learning__trained_model') }} as trained
