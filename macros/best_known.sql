{#- Survivorship of one field: the value of the best-ranked record that has one. Rank 1 is best; records without a value come last, because
    engines differ in what they make of a missing rank. -#}
{% macro best_known(column, rank='survivorship_rank') -%}
  min_by({{ column }}, case when {{ column }} is not null then {{ rank }} else 2147483647 end)
{%- endmacro %}
