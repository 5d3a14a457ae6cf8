{#- Runs before every command that changes the warehouse: variables that break their rules end it in one message that names each of them. -#}
{% macro check_variables() -%}
  {%- if not execute -%}{{ return('') }}{%- endif -%}
  {%- set names = ['as_of', 'source_time_zone', 'conversion_event', 'conversion_horizon_days', 'training_snapshots_per_lead', 'training_max_rows',
      'evaluation_max_rows', 'training_threads', 'random_seed', 'assumed_conversion_rate', 'match_threshold', 'match_review_from', 'match_review_to', 'match_block_limit', 'match_cluster_limit',
      'class_imbalance', 'comparison_max_rows', 'tuning_trials', 'tuning_minutes', 'feature_family_weights'] -%}
  {%- for source_name in graph.sources.values() | map(attribute='source_name') | unique -%}
    {%- do names.extend([source_name ~ '_enabled', source_name ~ '_schema', source_name ~ '_database']) -%}
  {%- endfor -%}
  {%- set faults = [] -%}
  {%- for name in names if setting_fault(name) -%}{%- do faults.append(setting_fault(name)) -%}{%- endfor -%}
  {%- if faults -%}
    {{ exceptions.raise_compiler_error(faults | join("\n  ")) }}
  {%- endif -%}
{%- endmacro %}
