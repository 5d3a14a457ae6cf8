{#- A date or timestamp of the years 1 to 9999; null if it is infinite or further away, where calendars and arithmetic end. -#}
{% macro in_calendar(value) -%} {{ return(adapter.dispatch('in_calendar')(value)) }} {%- endmacro %}

{% macro default__in_calendar(value) -%}
  {{ return("case when " ~ value ~ " between '0001-01-01' and '9999-12-31 23:59:59' then " ~ value ~ " end") }}
{%- endmacro %}

{#- Nothing is infinite there. -#}
{% macro snowflake__in_calendar(value) -%} {{ return("case when year(" ~ value ~ ") between 1 and 9999 then " ~ value ~ " end") }} {%- endmacro %}

{#- An instant (a timestamp that knows its zone) as a UTC timestamp without zone. -#}
{% macro utc_of_instant(instant) -%} {{ return(adapter.dispatch('utc_of_instant')(instant)) }} {%- endmacro %}

{% macro default__utc_of_instant(instant) -%} {{ return("timezone('UTC', " ~ in_calendar(instant) ~ ")") }} {%- endmacro %}

{% macro snowflake__utc_of_instant(instant) -%}
  {{ return("cast(convert_timezone('UTC', " ~ in_calendar(instant) ~ ") as datetime)") }}
{%- endmacro %}

{#- A timestamp without zone, taken to be in source_time_zone, as a UTC timestamp without zone. -#}
{% macro utc_of_local(local) -%}
  {%- set zone = setting('source_time_zone') -%}
  {%- if zone == 'UTC' -%}{{ return('cast(' ~ in_calendar(local) ~ ' as datetime)') }}{%- endif -%}
  {{ return(adapter.dispatch('utc_of_local')(local, zone)) }}
{%- endmacro %}

{% macro default__utc_of_local(local, zone) -%}
  {{ return("timezone('UTC', timezone('" ~ zone ~ "', cast(" ~ in_calendar(local) ~ " as datetime)))") }}
{%- endmacro %}

{% macro snowflake__utc_of_local(local, zone) -%}
  {{ return("convert_timezone('" ~ zone ~ "', 'UTC', cast(" ~ in_calendar(local) ~ " as datetime))") }}
{%- endmacro %}
