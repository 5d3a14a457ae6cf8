{#- The catalogue's sentence for a feature's value: its own for missing, none and one, else the one with the value in words. -#}
{% macro reason_sentence(value, catalogue) -%}
  {%- set number = "try_cast(" ~ value ~ " as double)" -%}
  case
      when {{ value }} is null then {{ catalogue }}.sentence_missing
      when {{ number }} = 0 then {{ catalogue }}.sentence_zero
      when {{ number }} = 1 and {{ catalogue }}.format != 'percent' then replace({{ catalogue }}.sentence_one, '{value}', '1')
      else replace({{ catalogue }}.sentence, '{value}', case {{ catalogue }}.format
          when 'percent' then cast(cast(round(100 * {{ number }}) as bigint) as varchar) || ' %'
          when 'decimal' then cast(cast({{ number }} as decimal(18, 1)) as varchar)
          when 'money' then {{ short_number(number) }}
          when 'integer' then {{ short_number(number) }}
          else {{ value }}
      end)
  end
{%- endmacro %}

{#- A number as people say it: 950, 12,500, 3.2 million. -#}
{% macro short_number(number) -%}
  case
      when abs({{ number }}) >= 1e9 then cast(cast({{ number }} / 1e9 as decimal(18, 1)) as varchar) || ' billion'
      when abs({{ number }}) >= 1e6 then cast(cast({{ number }} / 1e6 as decimal(18, 1)) as varchar) || ' million'
      when abs({{ number }}) >= 1e3 then cast(cast(floor({{ number }} / 1e3) as bigint) as varchar) || ',' || lpad(cast(cast(round({{ number }}) as bigint) % 1000 as varchar), 3, '0')
      else cast(cast(round({{ number }}) as bigint) as varchar)
  end
{%- endmacro %}
