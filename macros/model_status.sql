{#- What a model is as things stand: champion scores now, retired did once, challenger passed its gates while another was pinned, rejected did not
    pass. Names the registry's rows and, joined to them by version, the champion and the models that people have chosen before. -#}
{% macro model_status(models, champion, chosen) -%}
  case
      when {{ champion }}.model_version is not null then 'champion'
      when {{ models }}.promoted_on is not null or {{ models }}.passed_gates is null or {{ chosen }}.model_version is not null then 'retired'
      when {{ models }}.passed_gates then 'challenger'
      else 'rejected'
  end
{%- endmacro %}
