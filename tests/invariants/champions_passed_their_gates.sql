-- A model that its training made champion was let through by its gates, and each of these gates was passed.
with gates as (

    select
        as_of,
        model_version,
        max(case when lets_through then 1 else 0 end) as lets_through,
        sum(case when not is_passed and gate not in ('better_log_loss', 'better_pr_auc') then 1 else 0 end) as failed,
        count(case when gate in ('better_log_loss', 'better_pr_auc') then 1 end) as comparisons,
        count(case when gate in ('better_log_loss', 'better_pr_auc') and is_passed then 1 end) as better
    from {{ ref('ml_promotion_gates') }}
    group by as_of, model_version

)

select
    models.model_version,
    gates.lets_through,
    gates.failed,
    gates.better
from {{ ref('ml_models') }} as models
left join gates on models.model_version = gates.model_version
where
    models.promoted_on is not null
    and (gates.model_version is null or gates.lets_through = 0 or gates.failed > 0 or (gates.comparisons > 0 and gates.better = 0))
