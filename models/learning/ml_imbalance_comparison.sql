-- The ways to treat rare conversions that every model of the registry was trained after comparing.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='model_version',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    cast(trained.model_version as varchar) as model_version,
    cast(compared.class_imbalance as varchar) as class_imbalance,
    cast(compared.log_loss as double) as log_loss,
    cast(compared.pr_auc as double) as pr_auc,
    cast(compared.roc_auc as double) as roc_auc,
    cast(compared.calibration_slope as double) as calibration_slope,
    cast(compared.calibration_intercept as double) as calibration_intercept,
    cast(compared.n_rounds as bigint) as n_rounds,
    cast(compared.n_rows as bigint) as n_rows,
    cast(compared.n_positive as bigint) as n_positive,
    cast(compared.is_chosen as boolean) as is_chosen
from {{ ref('int_learning__imbalance_comparison') }} as compared
cross join {{ ref('int_learning__trained_model') }} as trained
