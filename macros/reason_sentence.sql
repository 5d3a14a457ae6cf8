{#- The catalogue's sentence for a feature's value: its own for missing, none and one, else the one with the value in words. `number` is the
    value as a number, null if it is a word. -#}
{% macro reason_sentence(value, number, catalogue) -%}
  case
      when {{ value }} is null then {{ catalogue }}.sentence_missing
      when {{ number }} = 0 then {{ catalogue }}.sentence_zero
      when {{ number }} = 1 then {{ catalogue }}.sentence_one
      else replace({{ catalogue }}.sentence, '{value}', {{ value_in_words(value, number, catalogue ~ '.format') }})
  end
{%- endmacro %}

{#- A value as the catalogue's format says it. What is small but not zero never reads as zero. -#}
{% macro value_in_words(value, number, format) -%}
  case {{ format }}
      when 'integer' then {{ short_number(number) }}
      when 'decimal' then {{ one_decimal('greatest(' ~ number ~ ', 0.1)') }}
      when 'percent' then {{ percent(number) }}
      when 'per_hundred' then {{ short_number('greatest(100 * ' ~ number ~ ', 1)') }}
      when 'change' then case when {{ number }} > 0 then 'up ' else 'down ' end || {{ short_number('abs(' ~ number ~ ')') }}
      -- Base-2 logarithms: how many times as much, and by how much it grows.
      when 'times' then case
          when {{ number }} > 0 then {{ one_decimal('power(2, ' ~ number ~ ')') }} || ' times'
          else {{ percent('power(2, ' ~ number ~ ')') }}
      end
      when 'growth' then case
          when {{ number }} > 0 then 'rising by ' || {{ percent('power(2, ' ~ number ~ ') - 1') }}
          else 'falling by ' || {{ percent('1 - power(2, ' ~ number ~ ')') }}
      end
      -- A word of ours: c_level is c level, it is IT.
      when 'code' then case when length({{ value }}) <= 2 then upper({{ value }}) else replace({{ value }}, '_', ' ') end
      else substr({{ value }}, 1, 100)
  end
{%- endmacro %}

{% macro percent(share) -%} {{ short_number('greatest(100 * (' ~ share ~ '), 1)') }} || '%' {%- endmacro %}

{#- Figures beyond any sense, as bad input has them, are cut off: they may not break the build. Halves go up: engines differ in how they round
    a float to decimals, not in whole numbers. -#}
{% macro one_decimal(number) -%}
  cast(cast(floor(10 * least({{ number }}, 999999) + 0.5) / 10 as decimal(18, 1)) as varchar)
{%- endmacro %}

{#- A number as people say it: 950, 12,500, 3.2 million. -#}
{% macro short_number(number) -%}
  {%- set whole = 'cast(round(greatest(' ~ number ~ ', -999999)) as bigint)' -%}
  case
      when {{ number }} >= 1e9 then {{ one_decimal(number ~ ' / 1e9') }} || ' billion'
      when {{ number }} >= 1e6 then {{ one_decimal(number ~ ' / 1e6') }} || ' million'
      when {{ whole }} >= 1000 then cast(cast(floor({{ whole }} / 1000) as bigint) as varchar) || ',' || lpad(cast({{ whole }} % 1000 as varchar), 3, '0')
      else cast({{ whole }} as varchar)
  end
{%- endmacro %}
