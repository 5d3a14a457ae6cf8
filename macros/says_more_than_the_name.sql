{#- Whether a record's mailbox is more than its name written together, which would agree wherever the name does. -#}
{% macro says_more_than_the_name(record) -%}
  position(replace(coalesce({{ record }}.family, '?'), ' ', '') in {{ record }}.mailbox) = 0
  and position(replace(coalesce({{ record }}.given, '?'), ' ', '') in {{ record }}.mailbox) = 0
{%- endmacro %}
