{#- An address as an identity: lower case, without plus tag, and for the provider that ignores dots without them. Null if it is none. -#}
{% macro normalise_email(email) -%}
  {%- set whole = "lower(" ~ trimmed(email) ~ ")" -%}
  {%- set local = "split_part(split_part(" ~ whole ~ ", '@', 1), '+', 1)" -%}
  {%- set domain = "split_part(" ~ whole ~ ", '@', 2)" -%}
  case
      when not {{ text_matches(whole, '^[^@+ ][^@ ]*@[^@ ]+[.][^@ .]+$') }} then null
      when {{ whole }} like '%@gmail.com' or {{ whole }} like '%@googlemail.com' then replace({{ local }}, '.', '') || '@gmail.com'
      else {{ local }} || '@' || {{ domain }}
  end
{%- endmacro %}
