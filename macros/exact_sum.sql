{#- The sum of whole numbers. DuckDB adds them in 128 bits by default, which costs more than half of the time of a wide aggregate. -#}
{% macro exact_sum(expression) -%} {{ return(adapter.dispatch('exact_sum')(expression)) }} {%- endmacro %}

{% macro default__exact_sum(expression) -%} sum({{ expression }}) {%- endmacro %}

{% macro duckdb__exact_sum(expression) -%} sum_no_overflow({{ expression }}) {%- endmacro %}
