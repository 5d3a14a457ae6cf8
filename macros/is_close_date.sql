{#- Whether two dates that differ, as text, may be one: day and month swapped, or one digit mistyped. -#}
{% macro is_close_date(left, right) -%}
  ({{ left }} = substr({{ right }}, 1, 5) || substr({{ right }}, 9, 2) || '-' || substr({{ right }}, 6, 2) or {{ edit_distance(left, right) }} = 1)
{%- endmacro %}
