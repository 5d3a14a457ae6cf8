{#- A date so many days before another. -#}
{% macro days_before(date, days) -%} cast({{ dbt.dateadd('day', '-(' ~ days ~ ')', date) }} as date) {%- endmacro %}

{% macro days_after(date, days) -%} cast({{ dbt.dateadd('day', days, date) }} as date) {%- endmacro %}

{#- The first Monday after a date. -#}
{% macro next_monday(date) -%} {{ days_after(dbt.date_trunc('week', date), 7) }} {%- endmacro %}
