{#- How alike two texts are by Jaro and Winkler, in whole percent: 100 is the same. Slips of the finger leave 90 and more. -#}
{% macro name_likeness(left, right) -%} {{ return(adapter.dispatch('name_likeness')(left, right)) }} {%- endmacro %}

{% macro default__name_likeness(left, right) -%} cast(floor(100 * jaro_winkler_similarity({{ left }}, {{ right }})) as integer) {%- endmacro %}

{% macro snowflake__name_likeness(left, right) -%} jarowinkler_similarity({{ left }}, {{ right }}) {%- endmacro %}
