{#- The host of a web address, however it was typed: without scheme, www, port, path or query. Null if it is no host. -#}
{% macro host_of(url) -%}
  {%- set host = "regexp_replace(lower(" ~ trimmed(url) ~ "), '^([a-z]+:)?//', '')" -%}
  {%- set host = "split_part(split_part(split_part(split_part(" ~ host ~ ", '/', 1), '?', 1), '#', 1), ':', 1)" -%}
  {%- set host = "regexp_replace(" ~ host ~ ", '^www[0-9]?[.]', '')" -%}
  case when {{ text_matches(host, '^[^@ ]+[.][^@ .]+$') }} then {{ host }} end
{%- endmacro %}
