{#- The whole numbers from 0 below n, at most 100, as a subquery with the column n. -#}
{% macro numbers(n) -%}
  (
      select tens.d * 10 + ones.d as n
      from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as tens (d)
      cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as ones (d)
      where tens.d * 10 + ones.d < {{ n }}
  )
{%- endmacro %}
