{#- Lists that stand beside each other in a row, as rows: the select items that spread them in step. -#}
{% macro unnest_lists(columns) -%} {{ return(adapter.dispatch('unnest_lists')(columns)) }} {%- endmacro %}

{% macro default__unnest_lists(columns) -%}
  {% for list, item in columns.items() %}unnest({{ list }}) as {{ item }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}
