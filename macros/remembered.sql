{#- A table that remembers as earlier runs left it, before this run writes to it: read past `ref`, since what is read decides what is written.
    A column that the table does not have yet is null, and before the first run there are no rows; its contract says the types. -#}
{% macro remembered(name) -%}
  {%- if not execute -%}{{ return('(select 1 as parsing)') }}{%- endif -%}
  {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ name] -%}
  {%- set relation = built_table(name) -%}
  {%- set present = columns_of(relation) if relation is not none else [] -%}
  (
      select
      {%- for column in node.columns.values() %}
          {{ column.name if column.name in present else 'cast(null as ' ~ column.data_type ~ ')' }} as {{ column.name }}{{ ',' if not loop.last }}
      {%- endfor %}
      {{ 'from ' ~ relation if present else 'where 1 = 0' }}
  )
{%- endmacro %}
