{#- The words of a text with a blank between them, a row each: a query of the columns to keep, the word, and its place from 0. -#}
{% macro spread_words(relation, keep, text) -%} {{ return(adapter.dispatch('spread_words')(relation, keep, text)) }} {%- endmacro %}

{% macro default__spread_words(relation, keep, text) -%}
  select
      {% for column in keep %}{{ column }}, {% endfor %}
      unnest(string_split({{ text }}, ' ')) as word,
      unnest(range(len(string_split({{ text }}, ' ')))) as place
  from {{ relation }}
{%- endmacro %}

{% macro snowflake__spread_words(relation, keep, text) -%}
  select
      {% for column in keep %}{{ relation }}.{{ column }}, {% endfor %}
      cast(spread.value as varchar) as word,
      spread.index as place
  from {{ relation }}, lateral flatten(input => split({{ relation }}.{{ text }}, ' ')) as spread
{%- endmacro %}
