{#- 1 where the lead itself is among the company's engaged people of the last days, else 0. -#}
{% macro own_part(people, days_since, days) -%}
  case when {{ people }} > 0 and {{ days_since }} <= {{ days }} then 1 else 0 end
{%- endmacro %}
