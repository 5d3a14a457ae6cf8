{#- An aggregate: words in the order of their place, with a blank between them. -#}
{% macro joined_words(word, place) -%} {{ return(adapter.dispatch('joined_words')(word, place)) }} {%- endmacro %}

{% macro default__joined_words(word, place) -%} string_agg({{ word }}, ' ' order by {{ place }}) {%- endmacro %}

{% macro snowflake__joined_words(word, place) -%} listagg({{ word }}, ' ') within group (order by {{ place }}) {%- endmacro %}
