{#- How far two given or family names agree short of being the same: like names, such as a slip makes, or one within the other, such as the
    first of two. -#}
{% macro is_close_name(left, right) -%}
  ({{ name_likeness(left, right) }} >= 90
  or position(' ' || {{ left }} || ' ' in ' ' || {{ right }} || ' ') > 0
  or position(' ' || {{ right }} || ' ' in ' ' || {{ left }} || ' ') > 0)
{%- endmacro %}
