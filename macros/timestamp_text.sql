{#- A timestamp or a date as text, the same on every engine: 2025-07-01 10:00:00.5, with no more figures than it needs; 2025-07-01. -#}
{% macro timestamp_text(timestamp) -%} {{ return(adapter.dispatch('timestamp_text')(timestamp)) }} {%- endmacro %}

{% macro default__timestamp_text(timestamp) -%} {{ return('cast(' ~ timestamp ~ ' as varchar)') }} {%- endmacro %}

{% macro snowflake__timestamp_text(timestamp) -%}
  {{ return("rtrim(rtrim(to_char(" ~ timestamp ~ ", 'YYYY-MM-DD HH24:MI:SS.FF6'), '0'), '.')") }}
{%- endmacro %}

{% macro date_text(date) -%} {{ return(adapter.dispatch('date_text')(date)) }} {%- endmacro %}

{% macro default__date_text(date) -%} {{ return('cast(' ~ date ~ ' as varchar)') }} {%- endmacro %}

{% macro snowflake__date_text(date) -%} {{ return("to_char(" ~ date ~ ", 'YYYY-MM-DD')") }} {%- endmacro %}
