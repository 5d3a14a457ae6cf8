{#- Kinds of evidence that two records are one person, strongest first. -#}
{% macro evidence_kinds() -%} {{ return(['override', 'merge', 'conversion', 'sync', 'email', 'match']) }} {%- endmacro %}

{#- How strong a kind of evidence is, 1 strongest. -#}
{% macro evidence_rank(kind) -%}
  case {{ kind }}{% for name in evidence_kinds() %} when '{{ name }}' then {{ loop.index }}{% endfor %} end
{%- endmacro %}

{#- The kind of a rank. -#}
{% macro evidence_name(rank) -%}
  case {{ rank }}{% for name in evidence_kinds() %} when {{ loop.index }} then '{{ name }}'{% endfor %} end
{%- endmacro %}
