{#- On Snowflake, Python models import the library from a zip on a stage. Before they run, one sentence says what is missing there, instead of an
    import that fails inside a procedure. On DuckDB the library is in dbt's own process. -#}
{% macro check_library() -%}
  {%- if execute and flags.WHICH in ('build', 'run', 'retry') -%}
    {%- do adapter.dispatch('check_library')() -%}
  {%- endif -%}
{%- endmacro %}

{% macro default__check_library() -%}{%- endmacro %}

{% macro snowflake__check_library() -%}
  {%- set stage = target.database ~ '.' ~ target.schema ~ '.library' -%}
  {%- set remedy = ": run `leadscore snowflake deploy`, which puts it there and writes its name into dbt_project.yml." -%}
  {%- for wanted in imported_libraries() -%}
    {%- if not wanted -%}
      {{ exceptions.raise_compiler_error("The Python models import no library: `+imports` in dbt_project.yml names no leadscore_<hash>.zip"
          ~ remedy) }}
    {%- endif -%}
    {%- set there = deployed_libraries() -%}
    {%- if wanted not in there -%}
      {{ exceptions.raise_compiler_error("The library that Python models import, " ~ wanted ~ ", is not on the stage " ~ stage ~ ", which holds "
          ~ (there | join(', ') or 'none') ~ remedy) }}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{#- The zips that the Python models of this run import, by name; an empty one if a model imports none. -#}
{% macro imported_libraries() -%}
  {%- set wanted = [] -%}
  {%- for id in selected_resources if id in graph.nodes and graph.nodes[id].language == 'python' -%}
    {%- set imports = graph.nodes[id].config.get('imports') or [] -%}
    {%- set named = modules.re.findall('leadscore_[0-9a-f]+[.]zip', ([imports] if imports is string else imports) | join(' ')) -%}
    {%- do wanted.append(named | first | default('', true)) -%}
  {%- endfor -%}
  {{ return(wanted | unique | sort) }}
{%- endmacro %}

{#- The zips on the stage, by name; none if there is no stage. -#}
{% macro deployed_libraries() -%}
  {%- set place = target.database ~ '.' ~ target.schema -%}
  {%- set schemas = run_query("select schema_name from " ~ target.database ~ ".information_schema.schemata where schema_name = '"
      ~ target.schema | upper ~ "'") -%}
  {%- if not schemas.rows or not run_query("show stages like 'LIBRARY' in schema " ~ place).rows -%}{{ return([]) }}{%- endif -%}
  {%- set there = [] -%}
  {%- for row in run_query('list @' ~ place ~ '.library').rows if modules.re.fullmatch('library/leadscore_[0-9a-f]+[.]zip', row[0]) -%}
    {%- do there.append(row[0].split('/')[1]) -%}
  {%- endfor -%}
  {{ return(there | sort) }}
{%- endmacro %}
