{#- How many bits it takes to name what a row says in a column, among all rows: a name of one in a thousand has ten. With `within`, names are
    counted among the rows of the same country, as far as these are enough to count in. -#}
{% macro rarity(column, within=none) -%}
  {%- set everywhere = "count(" ~ column ~ ") over (partition by " ~ column ~ ") / cast(count(*) over () as double)" -%}
  {%- if within -%}
    {%- set nearby = "count(" ~ column ~ ") over (partition by " ~ within ~ ", " ~ column ~ ")" -%}
    {%- set neighbours = "count(" ~ column ~ ") over (partition by " ~ within ~ ")" -%}
    {%- set share = "case when " ~ within ~ " is null then " ~ everywhere ~ " else (" ~ nearby ~ " + 10 * " ~ everywhere ~ ") / (" ~ neighbours ~ " + 10) end" -%}
  {%- else -%}
    {%- set share = everywhere -%}
  {%- endif -%}
  case when {{ column }} is not null then -ln({{ share }}) / ln(2) end
{%- endmacro %}
