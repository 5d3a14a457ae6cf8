{#- A date so many days before another. -#}
{% macro days_before(date, days) -%} cast({{ dbt.dateadd('day', '-(' ~ days ~ ')', date) }} as date) {%- endmacro %}

{% macro days_after(date, days) -%} cast({{ dbt.dateadd('day', days, date) }} as date) {%- endmacro %}

{#- The first Monday after a date: whole weeks after 1900-01-01, which was one. What DATE_TRUNC takes for a week an account's settings may decide. -#}
{% macro next_monday(date) -%}
  {%- set days = dbt.datediff("cast('1900-01-01' as date)", date, 'day') -%}
  {{ days_after("cast('1900-01-01' as date)", '7 * cast(floor(' ~ days ~ ' / 7) as integer) + 7') }}
{%- endmacro %}

{#- The Monday of a date's week. -#}
{% macro monday_of(date) -%} {{ days_before(next_monday(date), 7) }} {%- endmacro %}
