{#- How far two given or family names agree short of being the same: like names, such as a slip makes, or one within the other, such as the
    first of two. Short names that only begin alike (Jade, Jayden) are 92 percent alike and not close. -#}
{% macro is_close_name(left, right) -%}
  ({{ name_likeness(left, right) }} >= 93
  or (length({{ left }}) >= 4 and length({{ right }}) >= 4 and {{ edit_distance(left, right) }} = 1)
  or {{ is_part_of(left, right) }})
{%- endmacro %}

{#- Whether the words of one of two texts stand in the other, in one piece. -#}
{% macro is_part_of(left, right) -%}
  (contains(' ' || {{ left }} || ' ', ' ' || {{ right }} || ' ') or contains(' ' || {{ right }} || ' ', ' ' || {{ left }} || ' '))
{%- endmacro %}
