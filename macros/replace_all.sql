{#- Every match of a regular expression replaced, not only the first. -#}
{% macro replace_all(text, pattern, replacement) -%} {{ return(adapter.dispatch('replace_all')(text, pattern, replacement)) }} {%- endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g') {%- endmacro %}

{% macro snowflake__replace_all(text, pattern, replacement) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}') {%- endmacro %}
