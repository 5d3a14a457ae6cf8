{#- Whether one of two plain names is written in Latin letters and the other is not: that they differ then says nothing. -#}
{% macro is_other_script(left, right) -%}
  (substr({{ left }}, 1, 1) between 'a' and 'z') != (substr({{ right }}, 1, 1) between 'a' and 'z')
{%- endmacro %}
