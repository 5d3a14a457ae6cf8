{#- The day this run looks from, an ISO date. Everything dated on or after its midnight (UTC) does not exist for the run. -#}
{% macro as_of() -%} {{ return(setting('as_of')) }} {%- endmacro %}

{% macro as_of_date() -%} cast('{{ as_of() }}' as date) {%- endmacro %}

{#- DATETIME has no zone on any engine; what TIMESTAMP means, an account's settings may decide. -#}
{% macro as_of_timestamp() -%} cast('{{ as_of() }}' as datetime) {%- endmacro %}

{#- Whether a text is a date of the years 1000 to 2999, written as in 2025-07-01. -#}
{% macro is_iso_date(text) -%}
  {%- set parts = modules.re.fullmatch('([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', text) -%}
  {#- So many days after the first of the month: of a day that does not exist, such as 30 February, another date comes out. -#}
  {%- set day = modules.datetime.date(parts[1] | int, parts[2] | int, 1) + modules.datetime.timedelta(days=parts[3] | int - 1) if parts -%}
  {{ return(parts and day.isoformat() == text) }}
{%- endmacro %}
