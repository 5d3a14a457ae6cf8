-- What somebody should know: figures that have been off by more than seeds/alert_rules.csv allows, and by more than chance explains, for as
-- many weeks in a row. One row from the first of these weeks to the last, however many.
with beyond as (

    select
        measured.*,
        rules.kind,
        rules.warning,
        rules.critical,
        rules.weeks,
        rules.sentence,
        case when measured.change >= rules.critical then 2 else 1 end as degree,
        cast({{ dbt.datediff("cast('1900-01-01' as date)", 'measured.week', 'day') }} / 7 as integer) as week_number
    from {{ ref('int_learning__measured') }} as measured
    inner join {{ ref('alert_rules') }} as rules on measured.metric = rules.metric
    where measured.change >= rules.warning and measured.p_value <= rules.highest_p_value

),

numbered as (

    -- Weeks in a row keep their distance to their number.
    select
        beyond.*,
        week_number - row_number() over (partition by subject, metric order by week) as stretch
    from beyond

),

stretches as (

    select
        kind,
        subject,
        metric,
        sentence,
        max(model_version) as model_version,
        min(week) as first_week,
        max(week) as last_week,
        count(*) as n_weeks,
        max(degree) as degree,
        max(importance) as importance,
        max_by(value, week) as value,
        max_by(baseline, week) as baseline,
        max_by(change, week) as change
    from numbered
    group by kind, subject, metric, sentence, weeks, stretch
    having count(*) >= weeks

),

newest as (

    select metric, max(week) as week
    from {{ ref('int_learning__measured') }}
    group by metric

)

select
    cast(stretches.subject as varchar) as subject,
    cast(stretches.metric as varchar) as metric,
    cast(stretches.first_week as date) as first_week,
    cast(stretches.last_week as date) as last_week,
    cast(stretches.n_weeks as integer) as n_weeks,
    cast(stretches.kind as varchar) as kind,
    cast(case when stretches.degree = 2 then 'critical' else 'warning' end as varchar) as severity,
    stretches.last_week = newest.week as is_open,
    cast(stretches.value as double) as value,
    cast(stretches.baseline as double) as baseline,
    cast(stretches.change as double) as change,
    cast(stretches.importance as double) as importance,
    cast(stretches.model_version as varchar) as model_version,
    cast(
        {{ filled('stretches.sentence', {
            'subject': 'coalesce(features.label, stretches.subject)',
            'value': rounded_text('stretches.value', 3),
            'baseline': rounded_text('stretches.baseline', 3)
        }) }} as varchar
    ) as message
from stretches
inner join newest on stretches.metric = newest.metric
left join {{ ref('feature_catalogue') }} as features on stretches.subject = features.feature
