{#- Runs before every build. A required table or column that is missing, or one that cannot be read as its type, ends the run with
    one message that names each of them, what it is for and what to do; what is merely optional and odd is a warning. -#}
{% macro check_sources() -%}
  {%- if not execute or flags.WHICH not in ('build', 'run', 'retry') -%}{{ return('') }}{%- endif -%}
  {%- set findings = {'errors': [], 'warnings': []} -%}
  {%- for node in graph.sources.values() | sort(attribute='unique_id') -%}
    {%- do check_source_table(node, findings) -%}
  {%- endfor -%}
  {%- for warning in findings.warnings -%}{%- do exceptions.warn('[WARNING]: ' ~ warning) -%}{%- endfor -%}
  {%- if findings.errors -%}
    {{ exceptions.raise_compiler_error("The raw tables are not ready.\n  - " ~ findings.errors | join("\n  - ")) }}
  {%- endif -%}
{%- endmacro %}

{#- Adds what is wrong with a table to the findings: first whether it and its columns are there, then whether its values can be read. -#}
{% macro check_source_table(node, findings) -%}
  {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.identifier) -%}
  {%- set present = source_present_columns(node.source_name, relation) -%}
  {%- set name = node.source_name ~ '.' ~ node.name -%}
  {%- set place = "database '" ~ node.database ~ "', schema '" ~ node.schema ~ "'" -%}
  {%- set needed = source_needed_columns(node) -%}
  {%- if not source_enabled(node.source_name) -%}
    {%- if node.config.meta.required_when == 'opportunity' and is_source_required(node) -%}
      {%- do findings.warnings.append("conversion_event is " ~ setting('conversion_event') ~ ", which is read from " ~ name ~ ", but "
          ~ node.source_name ~ "_enabled is false: no lead counts as converted.") -%}
    {%- endif -%}
  {%- elif not present -%}
    {%- if is_source_required(node) -%}
      {%- set reason = node.config.meta.needed_for
          ~ (", as conversion_event is " ~ setting('conversion_event') if node.config.meta.required_when is string else "") -%}
      {%- do findings.errors.append("Table " ~ name ~ " is not in " ~ place ~ ". It is needed for " ~ reason ~ ". Set the variables "
          ~ node.source_name ~ "_schema and " ~ node.source_name ~ "_database to where your connector lands it, or "
          ~ node.source_name ~ "_enabled: false to build without " ~ node.source_name ~ ".") -%}
    {%- endif -%}
  {%- else -%}
    {%- for column in node.columns.values() if column.name in needed and column.name not in present -%}
      {%- set lacking = "Column " ~ name ~ "." ~ column.name ~ " (" ~ column.description | trim('.') ~ ") is missing in " ~ place -%}
      {%- if column.meta.required -%}
        {%- do findings.errors.append(lacking ~ ". Add it to the sync of your connector, or set " ~ node.source_name
            ~ "_schema to a schema that has it.") -%}
      {%- else -%}
        {%- do findings.warnings.append(lacking ~ ": the table is left out.") -%}
      {%- endif -%}
    {%- endfor -%}
    {%- do check_source_values(node, relation, present, findings) -%}
  {%- endif -%}
{%- endmacro %}

{#- required_when is true, or the beginning of those conversion events that the table is required for. -#}
{% macro is_source_required(node) -%}
  {%- set required_when = node.config.meta.required_when -%}
  {{ return(required_when == true or (required_when is string and setting('conversion_event').startswith(required_when))) }}
{%- endmacro %}

{#- One scan per table, and only of columns that must be filled or that did not land as just the type declared. -#}
{% macro check_source_values(node, relation, present, findings) -%}
  {%- set needed = source_needed_columns(node) -%}
  {%- set name = node.source_name ~ '.' ~ node.name -%}
  {%- set counted = [] -%}
  {%- set measures = ['count(*)'] -%}
  {%- for column in node.columns.values() if column.name in present -%}
    {%- set landed = present[column.name] -%}
    {%- set doubtful = column.data_type != 'text' and not landed_as(landed_kind(landed), column.data_type) -%}
    {%- if doubtful or column.name in needed -%}
      {%- set filled = read_as(landed, 'text') if landed.is_string() else 'raw.' ~ landed.quoted -%}
      {%- set unread = read_as(landed, column.data_type) ~ ' is null and ' ~ filled ~ ' is not null' -%}
      {%- do counted.append(column) -%}
      {%- do measures.append('count(*) - count(' ~ filled ~ ')') -%}
      {%- do measures.append('count(case when ' ~ unread ~ ' then 1 end)' if doubtful else '0') -%}
      {%- do measures.append('cast(min(case when ' ~ unread ~ ' then ' ~ filled ~ ' end) as varchar)' if doubtful else 'null') -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if not counted and not is_source_required(node) -%}{{ return('') }}{%- endif -%}
  {%- set found = run_query('select ' ~ measures | join(', ') ~ ' from ' ~ relation ~ ' as raw').rows[0] -%}
  {%- if found[0] == 0 and is_source_required(node) -%}
    {%- do findings.warnings.append("Table " ~ name ~ " is empty. It is needed for " ~ node.config.meta.needed_for ~ ".") -%}
  {%- endif -%}
  {%- for column in counted -%}
    {%- set blank, unread, example = found[3 * loop.index0 + 1], found[3 * loop.index0 + 2], found[3 * loop.index0 + 3] -%}
    {%- if blank and column.name in needed -%}
      {%- do findings.warnings.append(blank ~ " of " ~ found[0] ~ " rows of " ~ name ~ " have no " ~ column.name ~ " and are left out.") -%}
    {%- endif -%}
    {%- if unread -%}
      {%- set message = "Column " ~ name ~ "." ~ column.name ~ " holds values that cannot be read as " ~ column.data_type ~ ": " ~ unread ~ " of "
          ~ found[0] ~ " rows, for example '" ~ example | truncate(60) ~ "'. Correct them where the table is loaded" -%}
      {%- if column.name in needed -%}
        {%- do findings.errors.append(message ~ "; the build cannot do without them.") -%}
      {%- else -%}
        {%- do findings.warnings.append(message ~ "; until then they count as empty.") -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}
