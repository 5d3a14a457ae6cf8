{#- A sentence with its places in braces filled, `{place: text}`; a text that is missing leaves a question mark. -#}
{% macro filled(sentence, places) -%}
  {%- set ns = namespace(text=sentence) -%}
  {%- for place, text in places.items() -%}
    {%- set ns.text = 'replace(' ~ ns.text ~ ", '{" ~ place ~ "}', coalesce(" ~ text ~ ", '?'))" -%}
  {%- endfor -%}
  {{ return(ns.text) }}
{%- endmacro %}

{#- A number as text with so many digits behind the point, the same on every engine. -#}
{% macro rounded_text(number, digits) -%} cast(cast(round({{ number }}, {{ digits }}) as decimal(18, {{ digits }})) as varchar) {%- endmacro %}
