{#- Seeds reach DuckDB as Snowflake gets them: read once, by one reader, and handed over as values. DuckDB's own reader guesses the quotes from what
    it sees, and the path of the file would be part of the query. -#}
{% macro duckdb__load_csv_rows(model, agate_table) -%}
  {{ return(default__load_csv_rows(model, agate_table)) }}
{%- endmacro %}
