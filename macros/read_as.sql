{#- The types a source may declare: text, integer, number, boolean, date, timestamp (UTC, without zone). -#}
{% macro sql_type(declared) -%}
  {%- set types = {'text': 'varchar', 'integer': 'bigint', 'number': 'double', 'boolean': 'boolean', 'date': 'date', 'timestamp': 'datetime'} -%}
  {%- if declared not in types -%}
    {{ exceptions.raise_compiler_error("A source declares the type '" ~ declared ~ "'. Known are: " ~ types.keys() | join(', ') ~ ".") }}
  {%- endif -%}
  {{ return(types[declared]) }}
{%- endmacro %}

{#- A column of the raw table, `raw`, read as the declared type. A value that cannot be read is null, and check_sources says how many
    there are. Blank text is null as well. -#}
{% macro read_as(column, declared) -%}
  {%- set value = 'raw.' ~ column.quoted -%}
  {%- set landed = landed_kind(column) -%}
  {%- set text = trimmed(landed_text(value, landed)) -%}
  {%- if landed_as(landed, declared) -%}
    {{ return(value) }}
  {%- elif declared == 'text' -%}
    {{ return("nullif(" ~ text ~ ", '')") }}
  {%- elif declared == 'boolean' -%}
    {{ return("case when lower(" ~ text ~ ") in ('true', 't', 'yes', 'y', '1', '1.0') then true when lower(" ~ text
        ~ ") in ('false', 'f', 'no', 'n', '0', '0.0') then false end") }}
  {%- elif declared == 'date' -%}
    {%- set written = value if landed in ('date', 'timestamp') else try_cast(text, 'datetime') -%}
    {{ return('cast(' ~ (utc_of_instant(value) if landed == 'instant' else in_calendar(written)) ~ ' as date)') }}
  {%- elif declared == 'timestamp' -%}
    {{ return(read_as_utc(value, landed, text)) }}
  {%- else -%}
    {{ return(try_cast(plain_number(text), sql_type(declared))) }}
  {%- endif -%}
{%- endmacro %}

{#- Text that is a number as people and systems write it; engines read more than that, each its own: hexadecimal digits, 1_000, infinity. -#}
{% macro plain_number(text) -%}
  {{ return('case when ' ~ text_matches(text, '^[+-]?([0-9]+([.][0-9]+)?|[.][0-9]+)([eE][+-]?[0-9]+)?$') ~ ' then ' ~ text ~ ' end') }}
{%- endmacro %}

{#- Whether a column landed as just the type declared. Text never does: it may be blank; nor do dates: they may be local or endless. -#}
{% macro landed_as(landed, declared) -%}
  {{ return(declared in ('integer', 'number', 'boolean') and landed == declared) }}
{%- endmacro %}

{#- Any landed value as text. -#}
{% macro landed_text(value, landed) -%}
  {%- if landed == 'date' -%}{{ return(date_text(value)) }}{%- endif -%}
  {%- if landed == 'timestamp' -%}{{ return(timestamp_text(value)) }}{%- endif -%}
  {%- if landed == 'instant' -%}{{ return(timestamp_text(utc_of_instant(value)) ~ " || '+00'") }}{%- endif -%}
  {{ return('cast(' ~ value ~ ' as varchar)') }}
{%- endmacro %}

{#- Any landed timestamp as a UTC timestamp without zone. One that carries no zone is taken to be in source_time_zone. -#}
{% macro read_as_utc(value, landed, text) -%}
  {%- if landed == 'instant' -%}
    {{ return(utc_of_instant(value)) }}
  {%- elif landed in ('timestamp', 'date') -%}
    {{ return(utc_of_local(value)) }}
  {%- else -%}
    {%- set zoned = text_matches(text, '[0-9]:[0-9][0-9](:[0-9][0-9]([.][0-9]+)?)? ?[A-Za-z+-]') -%}
    {#- An offset is written without a blank before it. -#}
    {%- set instant = try_cast("replace(replace(" ~ text ~ ", ' +', '+'), ' -', '-')", 'timestamp with time zone') -%}
    {{ return('case when ' ~ zoned ~ ' then ' ~ utc_of_instant(instant) ~ ' else ' ~ utc_of_local(try_cast(text, 'datetime')) ~ ' end') }}
  {%- endif -%}
{%- endmacro %}
