-- What people decided about models, one row each. Builds write nothing here; promote_model, roll_back_model, pin_model and unpin_model do.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

select
    cast(null as date) as as_of,
    cast(null as integer) as turn,
    cast(null as varchar) as operation,
    cast(null as varchar) as model_version,
    cast(null as varchar) as replaced_version
where 1 = 0
