{#- The channel of a program or campaign, by what the system calls its kind. -#}
{% macro program_channel(kind) -%}
  case
      when lower({{ kind }}) like '%webinar%' then 'webinar'
      when lower({{ kind }}) like '%event%' or lower({{ kind }}) like '%show%' or lower({{ kind }}) like '%conference%' then 'event'
      else 'program'
  end
{%- endmacro %}
