{#- The types a source may declare: text, integer, number, boolean, date, timestamp (UTC, without zone). -#}
{% macro sql_type(declared) -%}
  {%- set types = {'text': 'varchar', 'integer': 'bigint', 'number': 'double', 'boolean': 'boolean', 'date': 'date', 'timestamp': 'timestamp'} -%}
  {%- if declared not in types -%}
    {{ exceptions.raise_compiler_error("A source declares the type '" ~ declared ~ "'. Known are: " ~ types.keys() | join(', ') ~ ".") }}
  {%- endif -%}
  {{ return(types[declared]) }}
{%- endmacro %}

{#- A column of the raw table, `raw`, read as the declared type. A value that cannot be read is null, and check_sources says how many
    there are. Blank text is null as well. -#}
{% macro read_as(column, declared) -%}
  {%- set value = 'raw.' ~ column.quoted -%}
  {%- set landed = column.dtype | lower -%}
  {%- set text = 'trim(cast(' ~ value ~ ' as varchar))' -%}
  {%- if landed_as(landed, declared) -%}
    {{ return(value) }}
  {%- elif declared == 'text' -%}
    {{ return("nullif(" ~ text ~ ", '')") }}
  {%- elif declared == 'boolean' -%}
    {{ return("case when lower(" ~ text ~ ") in ('true', 't', 'yes', 'y', '1', '1.0') then true when lower(" ~ text
        ~ ") in ('false', 'f', 'no', 'n', '0', '0.0') then false end") }}
  {%- elif declared == 'date' -%}
    {%- set written = value if landed == 'date' or landed.startswith('timestamp') else try_cast(text, 'timestamp') -%}
    {{ return('cast(' ~ (utc_of_instant(value) if 'with time zone' in landed else in_calendar(written)) ~ ' as date)') }}
  {%- elif declared == 'timestamp' -%}
    {{ return(read_as_utc(value, landed, text)) }}
  {%- else -%}
    {{ return(try_cast(text, sql_type(declared))) }}
  {%- endif -%}
{%- endmacro %}

{#- Whether a column landed as just the type declared. Text never does: it may be blank; nor do dates: they may be local or endless. -#}
{% macro landed_as(landed, declared) -%}
  {{ return(declared in ('integer', 'number', 'boolean') and sql_type(declared) == landed) }}
{%- endmacro %}

{#- Any landed timestamp as a UTC timestamp without zone. One that carries no zone is taken to be in source_time_zone. -#}
{% macro read_as_utc(value, landed, text) -%}
  {%- if 'with time zone' in landed -%}
    {{ return(utc_of_instant(value)) }}
  {%- elif landed.startswith('timestamp') or landed == 'date' -%}
    {{ return(utc_of_local(value)) }}
  {%- else -%}
    {%- set zoned = text_matches(text, '[0-9]:[0-9][0-9](:[0-9][0-9]([.][0-9]+)?)? ?[A-Za-z+-]') -%}
    {#- An offset is written without a blank before it. -#}
    {%- set instant = try_cast("replace(replace(" ~ text ~ ", ' +', '+'), ' -', '-')", 'timestamp with time zone') -%}
    {{ return('case when ' ~ zoned ~ ' then ' ~ utc_of_instant(instant) ~ ' else ' ~ utc_of_local(try_cast(text, 'timestamp')) ~ ' end') }}
  {%- endif -%}
{%- endmacro %}
