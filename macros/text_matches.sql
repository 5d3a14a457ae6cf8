{#- Whether a regular expression is found anywhere in a text. -#}
{% macro text_matches(text, pattern) -%} {{ return(adapter.dispatch('text_matches')(text, pattern)) }} {%- endmacro %}

{% macro default__text_matches(text, pattern) -%} regexp_matches({{ text }}, '{{ pattern }}') {%- endmacro %}

{#- REGEXP_LIKE would have to match the whole text. -#}
{% macro snowflake__text_matches(text, pattern) -%} (regexp_instr({{ text }}, '{{ pattern }}') > 0) {%- endmacro %}
