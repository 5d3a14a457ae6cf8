{#- Whether two dates that differ, as text, may be one: day and month swapped, or one digit mistyped. -#}
{% macro is_close_date(left, right) -%}
  ({{ left }} = substr({{ right }}, 1, 5) || substr({{ right }}, 9, 2) || '-' || substr({{ right }}, 6, 2) or {{ edit_distance(left, right) }} = 1)
{%- endmacro %}

{#- Whether two dates, as text, have two of year, month and day in common. -#}
{% macro is_partly_same_date(left, right) -%}
  (substr({{ left }}, 1, 7) = substr({{ right }}, 1, 7)
  or substr({{ left }}, 6, 5) = substr({{ right }}, 6, 5)
  or substr({{ left }}, 1, 4) || substr({{ left }}, 9, 2) = substr({{ right }}, 1, 4) || substr({{ right }}, 9, 2))
{%- endmacro %}
