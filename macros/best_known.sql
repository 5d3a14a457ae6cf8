{#- Survivorship of one field: the value of the best-ranked record that has one. Rank 1 is best. -#}
{% macro best_known(column, rank='survivorship_rank') -%}
  min_by({{ column }}, case when {{ column }} is not null then {{ rank }} end)
{%- endmacro %}
