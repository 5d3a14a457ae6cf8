{#- What holds two records under different given names apart: the more they share, the likelier it is a household. `weight` is null where the
given names agree. -#}
{% macro household_bits(shared, weight) -%}
  coalesce(-ln(1 + power(2, {{ shared }} + {{ weight }})) / ln(2), 0)
{%- endmacro %}
