{#- The evidence of a pair as people read it: "given name +5.1, family name +8.5, employer -3.8 bits", what says nothing left out. -#}
{% macro evidence_sentence() -%}
  {%- set names = {'given': 'given name', 'family': 'family name', 'work': 'address and employer', 'phone': 'phone', 'birth': 'date of birth',
      'street': 'street', 'place': 'place', 'role': 'title', 'origin': 'lead source', 'prior': 'any two records', 'household': 'held back'} -%}
  {%- set parts = [] -%}
  {%- for field in ['prior'] + match_fields() + ['household'] -%}
    {%- set bits = field ~ "_bits" -%}
    {%- do parts.append("case when " ~ bits ~ " != 0 then ', " ~ names[field] ~ " ' || case when " ~ bits ~ " > 0 then '+' else '' end || cast(cast(" ~ bits
        ~ " as decimal(8, 1)) as varchar) else '' end") -%}
  {%- endfor -%}
  substr({{ parts | join(" || ") }}, 3) || ' bits'
{%- endmacro %}
