{#- What the sources' property files declare, and what of it the warehouse really holds. -#}

{% macro source_enabled(source_name) -%}
  {{ return(setting(source_name ~ '_enabled') | string | lower == 'true') }}
{%- endmacro %}

{#- The source's node: its columns with their types, which of them are required, and what the table is for. -#}
{% macro source_node(source_name, table_name) -%}
  {{ return(graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name]) }}
{%- endmacro %}

{#- Without these columns a table cannot be read, and without a value in them a row cannot: the required ones and a key of one column. -#}
{% macro source_needed_columns(node) -%}
  {%- set needed = [] -%}
  {%- for column in node.columns.values() if column.meta.required or column.name == node.config.meta.key -%}
    {%- do needed.append(column.name) -%}
  {%- endfor -%}
  {{ return(needed) }}
{%- endmacro %}

{#- The columns that are really there, by lower-case name; none when the table is absent or its source switched off. -#}
{% macro source_present_columns(source_name, relation) -%}
  {%- do setting(source_name ~ '_schema') -%}
  {%- do setting(source_name ~ '_database') -%}
  {%- set present = {} -%}
  {%- if source_enabled(source_name) and load_relation(relation) is not none -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
      {%- do present.update({column.name | lower: column}) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(present) }}
{%- endmacro %}
