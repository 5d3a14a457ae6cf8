{#- Which record's word stands for the person, field by field: this is the one place that says so. trusted: contacts before CRM leads before
    marketing leads, then the younger record; recent: the youngest record; complete: one that has both names
    in full, then the trusted; first: the oldest record. -#}
{% macro survivorship_rules() -%}
  {{ return({
      'email': 'trusted', 'country': 'trusted', 'account_key': 'recent', 'company_name': 'recent',
      'first_name': 'complete', 'last_name': 'complete',
      'title': 'recent', 'seniority': 'recent', 'department': 'recent', 'phone': 'recent',
      'lead_source': 'first',
  }) }}
{%- endmacro %}

{#- The surviving value of a field of int_identity__lead_records; `value` says it otherwise where it is not just the column. -#}
{% macro survivor(field, relation, value=none) -%}
  {%- set ranks = {'trusted': 'survivorship_rank', 'recent': 'recency_rank', 'complete': 'completeness_rank', 'first': 'age_rank'} -%}
  {{ best_known(value or relation ~ '.' ~ field, relation ~ '.' ~ ranks[survivorship_rules()[field]]) }}
{%- endmacro %}
