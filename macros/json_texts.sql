{#- A JSON array of texts as a list. -#}
{% macro json_texts(json) -%} {{ return(adapter.dispatch('json_texts')(json)) }} {%- endmacro %}

{% macro default__json_texts(json) -%} from_json({{ json }}, '["varchar"]') {%- endmacro %}

{% macro snowflake__json_texts(json) -%} parse_json({{ json }}) {%- endmacro %}
