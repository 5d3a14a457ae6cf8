{#- A stable id made of a readable key, such as a record id or a domain. -#}
{% macro entity_id(key) -%} {{ return(dbt.hash(key)) }} {%- endmacro %}
