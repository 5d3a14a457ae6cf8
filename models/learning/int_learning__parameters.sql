-- What this run was asked for, as data: Python models read it here instead of from the configuration, which dbt may have cached.
select
    {{ as_of_date() }} as as_of,
    '{{ var("conversion_event") }}' as conversion_event,
    {{ var('conversion_horizon_days') }} as horizon_days,
    {{ var('random_seed') }} as random_seed,
    {{ var('training_threads') }} as training_threads,
    {{ var('evaluation_max_rows') }} as evaluation_max_rows,
    cast({{ var('assumed_conversion_rate') }} as double) as assumed_conversion_rate
