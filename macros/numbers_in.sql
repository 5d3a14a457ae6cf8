{#- The whole numbers in a text such as '[123, 456]', one row each, to cross join; the number is <alias>.value,
    null for one too long to be an id. -#}
{% macro numbers_in(text, alias) -%} {{ return(adapter.dispatch('numbers_in')(text, alias)) }} {%- endmacro %}

{% macro default__numbers_in(text, alias) -%}
  unnest(try_cast(regexp_extract_all({{ text }}, '[0-9]+') as bigint[])) as {{ alias }}(value)
{%- endmacro %}
