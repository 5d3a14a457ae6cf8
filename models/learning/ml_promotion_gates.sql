-- What stood between each trained model and becoming champion: the gates, with what was found.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='model_version',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    cast(trained.as_of as date) as as_of,
    cast(trained.model_version as varchar) as model_version,
    cast(gates.champion_version as varchar) as champion_version,
    cast(gates.gate as varchar) as gate,
    cast(gates.segment as varchar) as segment,
    cast(gates.value as double) as value,
    cast(gates.lower as double) as lower,
    cast(gates.upper as double) as upper,
    cast(gates.reference as double) as reference,
    cast(gates.at_least as double) as at_least,
    cast(gates.at_most as double) as at_most,
    cast(gates.is_passed as boolean) as is_passed,
    cast(gates.lets_through as boolean) as lets_through
from {{ ref('int_learning__gates') }} as gates
cross join {{ ref('int_learning__trained_model') }} as trained
