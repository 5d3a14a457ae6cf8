-- What this run was asked for, as data: Python models read it here instead of from the configuration, which dbt may have cached.
select
    {{ as_of_date() }} as as_of,
    '{{ setting("conversion_event") }}' as conversion_event,
    cast({{ setting('conversion_horizon_days') }} as integer) as horizon_days,
    cast({{ setting('random_seed') }} as integer) as random_seed,
    cast({{ setting('training_threads') }} as integer) as training_threads,
    cast({{ setting('evaluation_max_rows') }} as integer) as evaluation_max_rows,
    cast({{ setting('assumed_conversion_rate') }} as double) as assumed_conversion_rate,
    '{{ setting("class_imbalance") }}' as class_imbalance,
    cast({{ setting('comparison_max_rows') }} as integer) as comparison_max_rows,
    cast({{ setting('tuning_trials') }} as integer) as tuning_trials,
    cast({{ setting('tuning_minutes') }} as integer) as tuning_minutes,
    '{{ setting("feature_family_weights") }}' as feature_family_weights,
    cast({{ setting('backtest_origins') }} as integer) as backtest_origins,
    cast({{ setting('sales_threshold') }} as double) as sales_threshold,
    '{{ setting("retrain") }}' as retrain,
    coalesce(
        (
            select max(case when earlier.as_of = {{ as_of_date() }} then cast(earlier.is_replay as integer) end)
            from {{ remembered('ml_retraining_decision') }} as earlier
        ),
        (
            select max(case when earlier.as_of > {{ as_of_date() }} and not earlier.is_replay then 1 else 0 end)
            from {{ remembered('ml_retraining_decision') }} as earlier
        ),
        0
    ) = 1 as is_replay
