{#- The whole numbers in a text such as '[123, 456]', a row each: a query of the columns to keep and the number, null for one too long to
    be an id. -#}
{% macro spread_numbers(relation, keep, text, name) -%} {{ return(adapter.dispatch('spread_numbers')(relation, keep, text, name)) }} {%- endmacro %}

{% macro default__spread_numbers(relation, keep, text, name) -%}
  select
      {% for column in keep %}{{ column }}, {% endfor %}
      unnest(try_cast(regexp_extract_all({{ text }}, '[0-9]+') as bigint[])) as {{ name }}
  from {{ relation }}
{%- endmacro %}

{% macro snowflake__spread_numbers(relation, keep, text, name) -%}
  select
      {% for column in keep %}{{ relation }}.{{ column }}, {% endfor %}
      {{ try_cast('cast(spread.value as varchar)', 'bigint') }} as {{ name }}
  from {{ relation }}, lateral flatten(input => regexp_substr_all({{ relation }}.{{ text }}, '[0-9]+')) as spread
{%- endmacro %}
