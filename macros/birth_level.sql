{#- How far two dates of birth agree, both as text: the level in seeds/match_levels.csv. How far they are apart is counted in months of 31 days. -#}
{% macro birth_level(left, right) -%}
  {%- set days = [] -%}
  {%- for date in (left, right) -%}
    {%- do days.append("(372 * cast(substr(" ~ date ~ ", 1, 4) as integer) + 31 * cast(substr(" ~ date ~ ", 6, 2) as integer) + cast(substr(" ~ date
        ~ ", 9, 2) as integer))") -%}
  {%- endfor -%}
  {%- set apart = 'abs(' ~ days | join(' - ') ~ ')' -%}
        case
            when {{ left }} = {{ right }} then 1
            when {{ left }} is null or {{ right }} is null then 0
            when {{ is_close_date(left, right) }} then 2
            when {{ is_partly_same_date(left, right) }} then 3
            when {{ apart }} <= 31 then 6
            when {{ apart }} <= 372 then 4
            when {{ apart }} <= 3720 then 7
            else 5
        end
{%- endmacro %}
