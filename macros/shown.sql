{#- Any value as a piece of a sentence: on one line, not too long, without signs that steer a terminal. -#}
{% macro shown(value) -%}
  {%- set steering = '[\\s\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ud800-\\udfff]+' -%}
  {{ return(modules.re.sub(steering, ' ', value | string) | truncate(80, true)) }}
{%- endmacro %}
