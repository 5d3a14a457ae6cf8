{#- Whether a call's disposition says that the person was reached. -#}
{% macro is_answered(disposition) -%}
  (lower(coalesce({{ disposition }}, '')) like 'connected%' or lower(coalesce({{ disposition }}, '')) like 'answered%')
{%- endmacro %}
