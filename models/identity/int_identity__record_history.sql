-- Which person each record belonged to at the two newest runs, this one among them: what tells later who was united and who was parted.
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
    {{ as_of_date() }} as as_of,
    record_id,
    lead_id
from {{ ref('lead_source_records') }}
