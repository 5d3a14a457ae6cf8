{#- The names of a built relation's columns, in its order; none while there is no such relation, as when dbt only parses or compiles. -#}
{% macro columns_of(relation, except=[]) -%}
  {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list if execute and load_relation(relation) is not none else [] -%}
  {{ return(found | reject('in', except) | list) }}
{%- endmacro %}
