{#- A raw table as the project wants it, whatever the connector landed: every declared column, typed, in UTC; only rows that existed
    before as_of; an absent column is null; an absent table or a source switched off is no rows; of rows that repeat the key the
    one synced last is kept. -#}
{% macro read_source(source_name, table_name) -%}
  {%- set relation = source(source_name, table_name) -%}
  {%- if not execute -%}{{ return('(select 1 as parsing)') }}{%- endif -%}
  {%- set node = source_node(source_name, table_name) -%}
  {%- set needed = source_needed_columns(node) -%}
  {%- set landed = source_present_columns(source_name, relation) -%}
  {%- set present = landed if needed | reject('in', landed) | list == [] else {} -%}
  (
      select *
      from (
          select
          {%- for column in node.columns.values() %}
              {{ read_as(present[column.name], column.data_type) if column.name in present else 'cast(null as ' ~ sql_type(column.data_type) ~ ')' }} as {{ column.name }}{{ ',' if not loop.last }}
          {%- endfor %}
          {%- if present %}
          from {{ relation }} as raw
          {%- endif %}
      ) as typed
      {%- if present %}
      where
          {{ existed_before_as_of(node) }}
          {%- for name in needed %}
          and {{ name }} is not null
          {%- endfor %}
      {%- if source_repeats_keys(relation, node, present) %}
      qualify row_number() over (
          partition by {{ source_key_columns(node, present) | join(', ') }}
          order by {% if '_fivetran_synced' in node.columns %}_fivetran_synced desc nulls last, {% endif %}{{ node.columns.keys() | join(', ') }}
      ) = 1
      {%- endif %}
      {%- else %}
      where 1 = 0
      {%- endif %}
  )
{%- endmacro %}

{#- What names a row: the key's columns that are there, and where there are none the whole row. -#}
{% macro source_key_columns(node, present) -%}
  {%- set key = node.config.meta.key -%}
  {%- set there = ([key] if key is string else key) | select('in', present) | list -%}
  {{ return(there or node.columns.keys() | list) }}
{%- endmacro %}

{#- Whether any row repeats another's key. Connectors land each key once, and counting is far cheaper than sorting every row. -#}
{% macro source_repeats_keys(relation, node, present) -%}
  {%- set key = [] -%}
  {%- for name in source_key_columns(node, present) if name in present -%}
    {%- do key.append('raw.' ~ present[name].quoted) -%}
  {%- endfor -%}
  {%- set query -%}
    select
        (select count(*) from {{ relation }}) as all_rows,
        (select count(*) from (select distinct {{ key | join(', ') }} from {{ relation }} as raw) as keys) as different_keys
  {%- endset -%}
  {%- set counted = run_query(query).rows[0] -%}
  {{ return(counted[0] != counted[1]) }}
{%- endmacro %}

{#- A row without a date is older than any. -#}
{% macro existed_before_as_of(node) -%}
  {%- set column = node.columns[node.config.meta.dated] -%}
  {%- set before = column.name ~ ' < ' ~ (as_of_date() if column.data_type == 'date' else as_of_timestamp()) -%}
  {{ return(before if column.meta.required else 'coalesce(' ~ before ~ ', true)') }}
{%- endmacro %}
