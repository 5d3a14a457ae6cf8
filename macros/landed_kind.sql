{#- As what a raw column landed: one of the types a source may declare, or `instant`, a timestamp that knows its zone, or the warehouse's
    own word for any other type. -#}
{% macro landed_kind(column) -%} {{ return(adapter.dispatch('landed_kind')(column)) }} {%- endmacro %}

{% macro default__landed_kind(column) -%}
  {%- set landed = column.dtype | lower -%}
  {%- set kinds = {'varchar': 'text', 'bigint': 'integer', 'double': 'number'} -%}
  {%- if landed.startswith('timestamp') -%}{{ return('instant' if 'with time zone' in landed else 'timestamp') }}{%- endif -%}
  {{ return(kinds.get(landed, landed)) }}
{%- endmacro %}

{% macro snowflake__landed_kind(column) -%}
  {%- set landed = column.dtype | lower -%}
  {%- if landed.startswith('number') or landed.startswith('decimal') -%}{{ return('integer' if column.numeric_scale == 0 else 'decimal') }}{%- endif -%}
  {%- set kinds = {
      'varchar': 'text', 'float': 'number', 'timestamp_ntz': 'timestamp', 'timestamp_tz': 'instant', 'timestamp_ltz': 'instant'
  } -%}
  {{ return(kinds.get(landed, landed)) }}
{%- endmacro %}
