{#- The model that scores, a query of its version, from no rows to one: the last of those that were promoted, by a run on the day of their training or
    by hand. What people decided on a day comes after what that day's run did.

    models: model_version, as_of, promoted_on. operations: model_version, as_of, turn. Both hold only what counts. -#}
{% macro champion_version(models, operations) -%}
  select steps.model_version
  from (
      select model_version, promoted_on as decided_on, 0 as turn from {{ models }} where promoted_on is not null
      union all
      select {{ operations }}.model_version, {{ operations }}.as_of, {{ operations }}.turn
      from {{ operations }}
      inner join {{ models }} on {{ operations }}.model_version = {{ models }}.model_version
  ) as steps
  order by steps.decided_on desc, steps.turn desc, steps.model_version desc
  limit 1
{%- endmacro %}

{#- What people have chosen so far, a query of a row a model: whether the newest operation pins it. -#}
{% macro chosen_models(operations) -%}
  select
      chosen.model_version,
      max(case when chosen.operation = 'pin' and chosen.turn = newest.turn then 1 else 0 end) = 1 as is_pinned
  from {{ operations }} as chosen
  cross join (select max(turn) as turn from {{ operations }}) as newest
  group by chosen.model_version
{%- endmacro %}
