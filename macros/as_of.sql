{#- The day this run looks from, an ISO date. Everything dated on or after its midnight (UTC) does not exist for the run.
    This default is the only place in the project that reads the clock. -#}
{% macro as_of() -%}
  {%- set value = var('as_of', run_started_at.strftime('%Y-%m-%d')) | string -%}
  {%- if not modules.re.match('^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', value) -%}
    {{ exceptions.raise_compiler_error("as_of is '" ~ value ~ "', which is not an ISO date. Set it as in --vars '{as_of: 2025-07-01}', or leave it out for today.") }}
  {%- endif -%}
  {{ return(value) }}
{%- endmacro %}

{% macro as_of_date() -%} cast('{{ as_of() }}' as date) {%- endmacro %}

{% macro as_of_timestamp() -%} cast('{{ as_of() }}' as timestamp) {%- endmacro %}
