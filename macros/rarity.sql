{#- How many bits it takes to name a word that so many of all rows say: one in a thousand has ten. -#}
{% macro rarity(count, total) -%} -ln({{ count }} / cast({{ total }} as double)) / ln(2) {%- endmacro %}
