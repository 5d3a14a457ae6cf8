{#- What a model is as things stand: champion scores now, retired did once, challenger passed its gates while another was pinned, rejected did not
    pass. The names of the registry's rows, of the champion (one row or none) and of the operations that count. -#}
{% macro model_status(models, champion, operations) -%}
  case
      when {{ models }}.model_version in (select {{ champion }}.model_version from {{ champion }}) then 'champion'
      when {{ models }}.promoted_on is not null or {{ models }}.passed_gates is null then 'retired'
      when {{ models }}.model_version in (select {{ operations }}.model_version from {{ operations }}) then 'retired'
      when {{ models }}.passed_gates then 'challenger'
      else 'rejected'
  end
{%- endmacro %}
