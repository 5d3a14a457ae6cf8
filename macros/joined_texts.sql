{#- The texts of all rows as one, in an order; null if there are none. -#}
{% macro joined_texts(text, between, order_by) -%} {{ return(adapter.dispatch('joined_texts')(text, between, order_by)) }} {%- endmacro %}

{% macro default__joined_texts(text, between, order_by) -%}
  string_agg({{ text }}, '{{ between }}' order by {{ order_by | join(', ') }})
{%- endmacro %}

{% macro snowflake__joined_texts(text, between, order_by) -%}
  nullif(listagg({{ text }}, '{{ between }}') within group (order by {{ order_by | join(', ') }}), '')
{%- endmacro %}
