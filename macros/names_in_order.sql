{#- Two names as one text, whichever stands first; null where one is missing. -#}
{% macro names_in_order(one, other) -%}
  case when {{ one }} <= {{ other }} then {{ one }} || ' ' || {{ other }} else {{ other }} || ' ' || {{ one }} end
{%- endmacro %}
