{#- Whether a row still stood at as_of: not deleted, or deleted only later. -#}
{% macro is_live(deleted_flag, changed_at) -%}
  (not coalesce({{ deleted_flag }}, false) or coalesce({{ changed_at }} >= {{ as_of_timestamp() }}, false))
{%- endmacro %}
