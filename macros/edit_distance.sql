{#- How many letters must be put in, taken out or changed to make one text of the other. -#}
{% macro edit_distance(left, right) -%} {{ return(adapter.dispatch('edit_distance')(left, right)) }} {%- endmacro %}

{% macro default__edit_distance(left, right) -%} levenshtein({{ left }}, {{ right }}) {%- endmacro %}

{% macro snowflake__edit_distance(left, right) -%} editdistance({{ left }}, {{ right }}) {%- endmacro %}
