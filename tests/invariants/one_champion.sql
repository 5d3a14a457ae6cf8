-- Of the models one is champion, trained on this day or before; without any model there is none.
select
    count(*) as n_models,
    sum(case when models.status = 'champion' then 1 else 0 end) as n_champions
from {{ ref('ml_models') }} as models
having
    count(*) > 0
    and (
        sum(case when models.status = 'champion' then 1 else 0 end) != 1
        or max(case when models.status = 'champion' then models.as_of end) > {{ as_of_date() }}
    )
