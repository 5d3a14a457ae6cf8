{#- Lists that stand beside each other in the rows of a relation, spread in step: a query of the columns to keep and, row by row, the
    items of each list, `{list: {name, type}}`. -#}
{% macro spread_lists(relation, keep, lists) -%} {{ return(adapter.dispatch('spread_lists')(relation, keep, lists)) }} {%- endmacro %}

{% macro default__spread_lists(relation, keep, lists) -%}
  select
      {% for column in keep %}{{ column }}, {% endfor %}
      {% for list, item in lists.items() %}unnest({{ list }}) as {{ item.name }}{{ ', ' if not loop.last }}{% endfor %}

  from {{ relation }}
{%- endmacro %}

{% macro snowflake__spread_lists(relation, keep, lists) -%}
  select
      {% for column in keep %}{{ relation }}.{{ column }}, {% endfor %}
      {% for list, item in lists.items() %}cast(get({{ relation }}.{{ list }}, spread.index) as {{ item.type }}) as {{ item.name }}{{ ', ' if not loop.last }}{% endfor %}

  from {{ relation }}, lateral flatten(input => {{ relation }}.{{ lists.keys() | first }}) as spread
{%- endmacro %}
