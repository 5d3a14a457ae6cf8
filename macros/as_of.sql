{#- The day this run looks from, an ISO date. Everything dated on or after its midnight (UTC) does not exist for the run.
    This default is the only place in the project that reads the clock. -#}
{% macro as_of() -%}
  {%- set value = var('as_of', run_started_at.strftime('%Y-%m-%d')) | string -%}
  {%- set parts = modules.re.fullmatch('([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', value) -%}
  {#- So many days after the first of the month: of a day that does not exist, such as 30 February, another date comes out. -#}
  {%- set day = modules.datetime.date(parts[1] | int, parts[2] | int, 1) + modules.datetime.timedelta(days=parts[3] | int - 1) if parts -%}
  {%- if not parts or day.isoformat() != value -%}
    {{ exceptions.raise_compiler_error("as_of is '" ~ value ~ "', which is not an ISO date. Set it as in --vars '{as_of: 2025-07-01}', or leave it out for today.") }}
  {%- endif -%}
  {{ return(value) }}
{%- endmacro %}

{% macro as_of_date() -%} cast('{{ as_of() }}' as date) {%- endmacro %}

{% macro as_of_timestamp() -%} cast('{{ as_of() }}' as timestamp) {%- endmacro %}
