{#- One hash over several columns, the same in every run: names a row that has no key of its own. Dates and timestamps come as text, by
    timestamp_text or date_text. -#}
{% macro hash_of(columns) -%}
  {%- set texts = [] -%}
  {%- for column in columns -%}
    {%- do texts.append("coalesce(cast(" ~ column ~ " as varchar), '')") -%}
  {%- endfor -%}
  {{ return(dbt.hash(texts | join(" || '|' || "))) }}
{%- endmacro %}
