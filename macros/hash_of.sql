{#- One hash over several columns, the same in every run: names a row that has no key of its own. -#}
{% macro hash_of(columns) -%}
  {%- set texts = [] -%}
  {%- for column in columns -%}
    {%- do texts.append("coalesce(cast(" ~ column ~ " as varchar), '')") -%}
  {%- endfor -%}
  {{ return(dbt.hash(texts | join(" || '|' || "))) }}
{%- endmacro %}
