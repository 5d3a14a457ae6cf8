{#- What people may decide about models, as `dbt run-operation`. Each is a row of ml_model_operations, dated by the newest build, and counts at once:
    the next build scores with the model chosen here. -#}

{#- Makes a model the champion: dbt run-operation promote_model --args '{model_version: ...}'. A later training may replace it. -#}
{% macro promote_model(model_version) -%} {%- do operate_on_model('promote', model_version) -%} {%- endmacro %}

{#- Makes the champion of before champion again, or the model named. -#}
{% macro roll_back_model(model_version=none) -%} {%- do operate_on_model('roll_back', model_version) -%} {%- endmacro %}

{#- Makes a model the champion, or keeps the present one, and no build promotes another until something else is decided. -#}
{% macro pin_model(model_version=none) -%} {%- do operate_on_model('pin', model_version) -%} {%- endmacro %}

{#- The champion stays, and builds may promote another again. -#}
{% macro unpin_model() -%} {%- do operate_on_model('unpin', none) -%} {%- endmacro %}

{% macro operate_on_model(operation, wanted) -%}
  {%- if not execute -%}{{ return('') }}{%- endif -%}
  {%- set known = registered_models() -%}
  {%- set present = known.values() | selectattr('STATUS', 'equalto', 'champion') | first -%}
  {%- set chosen = wanted or (champion_before(known, present) if operation == 'roll_back' else present.MODEL_VERSION) -%}
  {%- set fault = operation_fault(operation, known, present, chosen) -%}
  {%- if fault -%}{{ exceptions.raise_compiler_error(fault) }}{%- endif -%}
  {%- set models, operations, runs = built_table('ml_models'), built_table('ml_model_operations'), built_table('ml_retraining_decision') -%}
  {%- do begin_operation() -%}
  {%- do run_query(
      'insert into ' ~ operations ~ ' (as_of, turn, operation, model_version, replaced_version) select max(as_of), (select coalesce(max(turn), 0) + 1 from '
      ~ operations ~ "), '" ~ operation ~ "', '" ~ chosen ~ "', '" ~ present.MODEL_VERSION ~ "' from " ~ runs ~ ' where not is_replay') -%}
  {%- do run_query(
      'update ' ~ models ~ " set status = case when model_version = '" ~ chosen ~ "' then 'champion' else 'retired' end, is_pinned = model_version = '"
      ~ chosen ~ "' and '" ~ operation ~ "' = 'pin' where model_version in ('" ~ chosen ~ "', '" ~ present.MODEL_VERSION ~ "')") -%}
  {%- do run_query('commit') -%}
  {%- do log(operation ~ ': the champion is ' ~ chosen ~ ', and was ' ~ present.MODEL_VERSION ~ '. The next build scores with it.', info=true) -%}
{%- endmacro %}

{#- dbt opens a transaction for an operation on DuckDB; on Snowflake every statement would be one of its own. -#}
{% macro begin_operation() -%} {%- do adapter.dispatch('begin_operation')() -%} {%- endmacro %}

{% macro default__begin_operation() -%} {%- endmacro %}

{% macro snowflake__begin_operation() -%} {%- do run_query('begin') -%} {%- endmacro %}

{#- Why an operation cannot be done, in a sentence; empty if it can. -#}
{% macro operation_fault(operation, known, present, chosen) -%}
  {%- if not present -%}{{ return('There is no champion yet: run `dbt build` first.') }}{%- endif -%}
  {%- if known.values() | selectattr('STATUS', 'equalto', 'later') | list -%}
    {{ return('The newest build replayed an earlier day. Build the newest day again first, so that what is decided counts from there on.') }}
  {%- endif -%}
  {%- if not chosen -%}{{ return('No model was champion before ' ~ present.MODEL_VERSION ~ '. Name one with --args.') }}{%- endif -%}
  {%- if chosen not in known -%}
    {{ return("ml_models has no model '" ~ shown(chosen) ~ "'. It has: " ~ known | join(', ') ~ '.') }}
  {%- endif -%}
  {%- set model = known[chosen] -%}
  {%- if model.IS_REPLAY -%}{{ return(chosen ~ ' was trained while an earlier day was replayed, and cannot score the days after it.') }}{%- endif -%}
  {%- if (model.CONVERSION_EVENT, model.HORIZON_DAYS) != (present.CONVERSION_EVENT, present.HORIZON_DAYS) -%}
    {{ return(chosen ~ ' predicts ' ~ model.CONVERSION_EVENT ~ ' within ' ~ model.HORIZON_DAYS ~ ' days, and the champion another thing.') }}
  {%- endif -%}
  {{ return('') }}
{%- endmacro %}

{#- The version that scored last before the champion was trained. -#}
{% macro champion_before(known, present) -%}
  {%- set scored = [] -%}
  {%- for model in known.values() if present and model.STATUS == 'retired' and model.WAS_CHAMPION and not model.IS_REPLAY
      and (model.CONVERSION_EVENT, model.HORIZON_DAYS) == (present.CONVERSION_EVENT, present.HORIZON_DAYS)
      and model.AS_OF | string < present.AS_OF | string -%}
    {%- do scored.append(model.MODEL_VERSION) -%}
  {%- endfor -%}
  {{ return(scored | last) }}
{%- endmacro %}

{#- The registry's rows by version, oldest first, as far as operations need them. -#}
{% macro registered_models() -%}
  {%- set known = {} -%}
  {%- set models = built_table('ml_models') -%}
  {%- if models is none -%}{{ return(known) }}{%- endif -%}
  {%- set query -%}
    select
        model_version, as_of, status, is_replay, conversion_event, horizon_days,
        promoted_on is not null or model_version in (select decided.model_version from {{ built_table('ml_model_operations') }} as decided) as was_champion
    from {{ models }}
    order by as_of, model_version
  {%- endset -%}
  {%- for row in run_query(query).rows -%}
    {%- set model = {} -%}
    {%- for name, value in row.dict().items() -%}{%- do model.update({name | upper: value}) -%}{%- endfor -%}
    {%- do known.update({model.MODEL_VERSION: model}) -%}
  {%- endfor -%}
  {{ return(known) }}
{%- endmacro %}

{#- The relation of a model as it stands in the warehouse; none before it was built. -#}
{% macro built_table(name) -%}
  {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ name] -%}
  {{ return(load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias))) }}
{%- endmacro %}
