{#- Whether a regular expression is found anywhere in a text. -#}
{% macro text_matches(text, pattern) -%} {{ return(adapter.dispatch('text_matches')(text, pattern)) }} {%- endmacro %}

{% macro default__text_matches(text, pattern) -%} regexp_matches({{ text }}, '{{ pattern }}') {%- endmacro %}
