{#- The names of a built relation's columns, in its order; none while dbt only parses. -#}
{% macro columns_of(relation, except=[]) -%}
  {%- set found = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list if execute else [] -%}
  {{ return(found | reject('in', except) | list) }}
{%- endmacro %}
