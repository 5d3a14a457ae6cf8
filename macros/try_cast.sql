{#- Text read as a type; null where it cannot be. -#}
{% macro try_cast(text, type) -%} {{ return(adapter.dispatch('try_cast')(text, type)) }} {%- endmacro %}

{% macro default__try_cast(text, type) -%} {{ return('try_cast(' ~ text ~ ' as ' ~ type ~ ')') }} {%- endmacro %}

{#- A BIGINT has 38 digits there, and a text of digits alone would be read as seconds since 1970. -#}
{% macro snowflake__try_cast(text, type) -%}
  {%- if type == 'bigint' -%}
    {%- set number = 'try_cast(' ~ text ~ ' as bigint)' -%}
    {{ return('case when ' ~ number ~ ' between -9223372036854775808 and 9223372036854775807 then ' ~ number ~ ' end') }}
  {%- elif type == 'datetime' -%}
    {{ return('case when ' ~ text_matches(text, '^[0-9]{4}-') ~ ' then try_cast(' ~ text ~ ' as datetime) end') }}
  {%- elif type == 'timestamp with time zone' -%}
    {{ return('case when ' ~ text_matches(text, '^[0-9]{4}-') ~ ' then try_cast(' ~ with_whole_offset(text) ~ ' as timestamp_tz) end') }}
  {%- endif -%}
  {{ return('try_cast(' ~ text ~ ' as ' ~ type ~ ')') }}
{%- endmacro %}

{#- A timestamp's text with its offset in the one form that is read after any time: +02:00 for +02, +0200 and the like, +00:00 for Z and UTC. -#}
{% macro with_whole_offset(text) -%}
  {%- set text = "regexp_replace(" ~ text ~ ", ' ?(Z|z|UTC|GMT)$', '+00:00')" -%}
  {{ return("case when " ~ text_matches(text, '[+-][0-9]{2}$') ~ " then " ~ text ~ " || ':00' when " ~ text_matches(text, '[+-][0-9]{4}$')
      ~ " then substr(" ~ text ~ ", 1, length(" ~ text ~ ") - 2) || ':' || right(" ~ text ~ ", 2) else " ~ text ~ " end") }}
{%- endmacro %}
