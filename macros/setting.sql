{#- A variable's value, which keeps its rule. All that becomes part of a query comes from here, so that a value out of its range ends in a
    sentence with its name, whichever command reads it, and not deep inside a query or as a part of one. -#}
{% macro setting(name) -%}
  {%- set fault = setting_fault(name) -%}
  {%- if fault -%}{{ exceptions.raise_compiler_error(fault) }}{%- endif -%}
  {{ return(setting_value(name)) }}
{%- endmacro %}

{#- The default of as_of is the only place in the project that reads the clock. -#}
{% macro setting_value(name) -%}
  {%- if name == 'as_of' -%}{{ return(var(name, run_started_at.strftime('%Y-%m-%d')) | string) }}{%- endif -%}
  {{ return(var(name, target.database) if name.endswith('_database') else var(name)) }}
{%- endmacro %}

{#- What is wrong with a variable's value, in a sentence; empty if nothing is. -#}
{% macro setting_fault(name) -%}
  {#- Only dbt's own ref knows the configuration. -#}
  {%- set template = setting_template(name) if ref.config is defined -%}
  {%- set value = template or setting_value(name) -%}
  {%- set rules = setting_rules() -%}
  {#- A source's variable is known by its last word: marketo_schema. -#}
  {%- set pattern, wanted = rules[name] if name in rules else rules[name.split('_') | last] -%}
  {%- if template -%}
    {%- set fits = false -%}
  {%- elif name in ('as_of', 'training_from') -%}
    {%- set fits = is_iso_date(value | string) -%}
  {%- elif name == 'source_time_zone' -%}
    {%- set fits = value in modules.pytz.all_timezones -%}
  {%- elif name.endswith('_database') and value == target.database -%}
    {#- The profile's affair. -#}
    {%- set fits = true -%}
  {%- elif name == 'leak_guard_allow' -%}
    {%- set fits = value is not string and modules.re.fullmatch(pattern, value | string) -%}
  {%- else -%}
    {#- A number or a yes is no name, though its text could pass for one. -#}
    {%- set fits = modules.re.fullmatch(pattern, value | string) and (value is string or not name.endswith(('_schema', '_database'))) -%}
  {%- endif -%}
  {{ return('' if fits else name ~ " is '" ~ shown(value) ~ "'. It takes " ~ wanted ~ ".") }}
{%- endmacro %}

{#- The variable as it was written, if dbt would take it for a template: var() runs what stands in its braces, so such a one is not even read. -#}
{% macro setting_template(name) -%}
  {%- set declared = ref.config.vars.to_dict() -%}
  {%- for values in [ref.config.cli_vars, declared.get(project_name, {}), declared] -%}
    {%- set written = values.get(name, '') | string -%}
    {%- if modules.re.search('[{][{%#]', written) -%}{{ return(written) }}{%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{#- What each variable takes: a pattern for the whole of its text, if that says it, and the same in words. -#}
{% macro setting_rules() -%}
  {%- set count = ['[1-9][0-9]{0,8}', 'a whole number of 1 or more'] -%}
  {{ return({
      'as_of': ['', "an ISO date, as in --vars '{as_of: 2025-07-01}'; left out, it is today"],
      'source_time_zone': ['', 'a name such as UTC or America/New_York'],
      'conversion_event': ['opportunity_created|lead_converted|opportunity_won', 'one of opportunity_created, lead_converted, opportunity_won'],
      'conversion_horizon_days': ['[1-9][0-9]{0,3}', 'a whole number of 1 or more, below 10000'],
      'training_snapshots_per_lead': count,
      'training_max_rows': count,
      'evaluation_max_rows': count,
      'monitoring_max_rows': count,
      'monitoring_weeks': ['[1-9][0-9]?', 'a whole number from 1 to 99'],
      'training_threads': count,
      'random_seed': ['[0-9]{1,9}', 'a whole number of 0 or more'],
      'assumed_conversion_rate': ['0?[.][0-9]{0,20}[1-9][0-9]{0,20}|[1-9]([.][0-9]{1,20})?e-[0-9]{1,2}', 'a share between 0 and 1, such as 0.02'],
      'identity_mode': ['fuzzy|exact|none', 'one of fuzzy, exact, none'],
      'match_threshold': probability_rule(),
      'match_review_from': probability_rule(),
      'match_review_to': probability_rule(),
      'match_block_limit': ['[2-9]|[1-9][0-9]{1,3}', 'a whole number from 2 to 9999'],
      'match_cluster_limit': ['[2-9]|[1-9][0-9]{1,2}', 'a whole number from 2 to 999'],
      'training_from': ['', 'an ISO date: older snapshots are not learnt from'],
      'backtest_origins': ['[1-9][0-9]?', 'a whole number from 1 to 99'],
      'sales_threshold': ['[0-9]{1,2}([.][0-9]{1,6})?|100', 'a score from 0 to 100'],
      'retrain': ['auto|always|never', 'one of auto, always, never'],
      'retrain_after_days': ['[1-9][0-9]{0,4}', 'a whole number of 1 or more, below 100000'],
      'retrain_pause_days': ['[0-9]{1,5}', 'a whole number of 0 or more, below 100000'],
      'leak_guard_allow': ["\\[('[a-z][a-z0-9_]*'(, '[a-z][a-z0-9_]*')*)?\\]", "a list of features, such as ['lead_age_days']"],
      'class_imbalance': ['auto|none|class_weights|undersampling|smote', 'one of auto, none, class_weights, undersampling, smote'],
      'comparison_max_rows': count,
      'tuning_trials': ['[0-9]{1,4}', 'a whole number of 0 or more, below 10000'],
      'tuning_minutes': ['[1-9][0-9]{0,3}', 'a whole number of 1 or more, below 10000'],
      'feature_family_weights': ['( *[a-z_]+ *= *[0-9]{1,4}([.][0-9]{1,6})? *(,|$))*', "families with weights, as in 'behaviour=2, fit=0.5'"],
      'score_with': ['([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8})?', 'the name of a model, its model_version in ml_models, or nothing for the champion'],
      'enabled': ['(?i)true|false', 'true or false'],
      'schema': place_rule(),
      'database': place_rule(),
  }) }}
{%- endmacro %}

{#- A probability, so that neither everybody nor nobody is meant. -#}
{% macro probability_rule() -%} {{ return(['0?[.][0-9]{0,20}[1-9][0-9]{0,20}', 'a probability between 0 and 1, such as 0.7']) }} {%- endmacro %}

{#- Names that stay names in every query about them. -#}
{% macro place_rule() -%} {{ return(adapter.dispatch('place_rule')()) }} {%- endmacro %}

{#- Names are quoted, so blanks and letters of any language may be in them. -#}
{% macro default__place_rule() -%}
  {{ return(['(?!.*[$][$])\\w[\\w .$-]{0,254}', 'a name without quotes, semicolons and $$: letters, digits, blanks and _ . - $']) }}
{%- endmacro %}

{#- Names are not quoted, so upper and lower case are the same. -#}
{% macro snowflake__place_rule() -%}
  {{ return(['(?!.*[$][$])[A-Za-z_][A-Za-z0-9_$]{0,254}',
      'a name without quotes, semicolons and $$: letters, digits, _ and $, no digit first; upper and lower case are the same']) }}
{%- endmacro %}
