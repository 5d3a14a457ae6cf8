-- The odds that mean a score of 50: those of all models for this event and horizon, whatever their day, since were the earliest to decide,
-- replaying one would move today's scores. Before there is a model, those of the labelled snapshots, else the assumed ones.
with pinned as (

    select models.reference_odds
    from {{ remembered('ml_models') }} as models
    inner join {{ ref('int_learning__parameters') }} as run
        on models.conversion_event = run.conversion_event and models.horizon_days = run.horizon_days
    qualify row_number() over (order by models.as_of, models.model_version) = 1

),

labelled as (

    -- Half a conversion and half a miss are added so that the odds exist even when one class does.
    select
        sum(case when is_converted then 1 else 0 end) as conversions,
        (sum(case when is_converted then 1 else 0 end) + cast(0.5 as double)) / cast(count(*) + 1 as double) as conversion_rate
    from {{ ref('int_learning__training_rows') }}

),

first_rate as (

    select case when labelled.conversions > 0 then labelled.conversion_rate else run.assumed_conversion_rate end as conversion_rate
    from labelled
    cross join {{ ref('int_learning__parameters') }} as run

)

select coalesce((select pinned.reference_odds from pinned), conversion_rate / (1 - conversion_rate)) as reference_odds
from first_rate
