{#- How a feature's change is told: from and to where both can be said in a word, else what holds now and what held before. A feature that
    did not change itself may still weigh differently, as the model weighs features together. -#}
{% macro change_sentence(then_value, then_number, now_value, now_number, catalogue) -%}
  {%- set now = reason_sentence(now_value, now_number, catalogue) -%}
  {%- set then = reason_sentence(then_value, then_number, catalogue) -%}
  case
      when {{ then_value }} = {{ now_value }} or ({{ then_value }} is null and {{ now_value }} is null)
          then {{ now }} || ' (unchanged; it weighs differently beside what changed)'
      when {{ then_value }} is null or {{ now_value }} is null or {{ catalogue }}.unit = 'flag'
          then {{ now }} || '; before: ' || {{ then }}
      else {{ catalogue }}.label || ': from ' || {{ bare_value(then_value, then_number, catalogue ~ '.format') }}
          || ' to ' || {{ bare_value(now_value, now_number, catalogue ~ '.format') }}
  end
{%- endmacro %}

{#- A value in words that may stand without a sentence around it. -#}
{% macro bare_value(value, number, format) -%}
  case
      when {{ number }} = 0 and {{ format }} in ('integer', 'decimal', 'per_hundred') then '0'
      when {{ number }} = 0 and {{ format }} = 'percent' then '0%'
      when {{ number }} = 0 and {{ format }} = 'growth' then 'steady'
      when {{ number }} = 0 and {{ format }} = 'change' then 'unchanged'
      when {{ number }} = 0 and {{ format }} = 'times' then 'equal'
      else {{ value_in_words(value, number, format) }}
  end
{%- endmacro %}
