{#- Runs before a seed is loaded: what its property file asks of it (types, tests, `meta`) is looked up in every row, and what is wrong ends the run
    in one message that names seed, row and remedy. The tests themselves would only count. -#}
{% macro check_seed() -%}
  {%- if not execute -%}{{ return('') }}{%- endif -%}
  {%- set table = load_result('agate_table')['table'] -%}
  {#- A result can be loaded once, and dbt itself will want it. -#}
  {%- do store_result('agate_table', response='OK', agate_table=table) -%}
  {%- set faults = [] -%}
  {%- for name in model.config.column_types if name not in table.column_names -%}
    {%- do faults.append("The column " ~ name ~ " is missing. Add it.") -%}
  {%- endfor -%}
  {%- for name, type in model.config.column_types.items() if name in table.column_names -%}
    {%- set asked = seed_column_asks(name, type) -%}
    {%- set earlier = {} -%}
    {%- for value in table.columns[name] -%}
      {%- set fault = seed_value_fault(value, asked, earlier) -%}
      {%- if fault -%}
        {%- do faults.append("Row " ~ loop.index ~ " ('" ~ shown(table.rows[loop.index0][0]) ~ "'): " ~ name ~ " " ~ fault) -%}
      {%- elif value is not none -%}
        {%- do earlier.update({value: loop.index}) -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- if faults -%}
    {%- set more = ["and " ~ (faults | length - 10) ~ " more."] if faults | length > 10 else [] -%}
    {{ exceptions.raise_compiler_error("Seed " ~ model.name ~ " cannot be used as it stands in " ~ model.original_file_path ~ ":\n  - "
        ~ (faults[:10] + more) | join("\n  - ")) }}
  {%- endif -%}
{%- endmacro %}

{#- What is asked of a column's values: the tests of its property file by name, with what they compare with, and its type. -#}
{% macro seed_column_asks(name, type) -%}
  {%- set asked = {'type': type} -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'test' and node.attached_node == model.unique_id and node.column_name == name -%}
    {%- do asked.update({node.test_metadata.name: node.test_metadata.kwargs}) -%}
  {%- endfor -%}
  {%- set described = model.columns[name].config.meta.names_column_of if name in model.columns -%}
  {%- do asked.update({'columns': graph.nodes['model.' ~ project_name ~ '.' ~ described].columns, 'model': described}) if described -%}
  {{ return(asked) }}
{%- endmacro %}

{#- What is wrong with a value and what to do, as the rest of a sentence; nothing if it is as asked. Values are text. `earlier` has the rows of those
    before it. -#}
{% macro seed_value_fault(value, asked, earlier) -%}
  {%- set patterns = {
      'integer': ['-?[0-9]{1,9}', 'a whole number'],
      'bigint': ['-?[0-9]{1,18}', 'a whole number'],
      'double': ['-?([0-9]{1,9}([.][0-9]{0,9})?|[.][0-9]{1,9})', 'a number'],
      'boolean': ['(?i)true|false', 'true or false'],
      'varchar': ['[^\\x00]*', 'text without the sign of number zero'],
  } -%}
  {%- if value is none -%}
    {{ return('is empty. Fill it in.' if 'not_null' in asked else '') }}
  {%- endif -%}
  {%- set pattern, wanted = patterns[asked.type] -%}
  {%- set said = "is '" ~ shown(value) ~ "'" -%}
  {%- if not modules.re.fullmatch(pattern, value, modules.re.DOTALL) -%}
    {{ return(said ~ ". Write " ~ wanted ~ ".") }}
  {%- elif 'accepted_values' in asked and value | lower not in asked.accepted_values['values'] | map('string') | map('lower') -%}
    {{ return(said ~ ". Write one of " ~ asked.accepted_values['values'] | join(', ') ~ ".") }}
  {%- elif asked.columns and value not in asked.columns -%}
    {{ return(said ~ ", which is no column of " ~ asked.model ~ ". Correct the name.") }}
  {%- elif 'unique' in asked and value in earlier -%}
    {{ return(said ~ " as in row " ~ earlier[value] ~ ". Keep one of them.") }}
  {%- endif -%}
{%- endmacro %}
