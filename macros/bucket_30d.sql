{#- The number of the 30-day stretch a date lies in. -#}
{% macro bucket_30d(date) -%} cast(floor({{ dbt.datediff("cast('2000-01-01' as date)", date, 'day') }} / 30) as bigint) {%- endmacro %}
