-- What the monitor of the champion says that speaks for training again: the one place where the retraining decision hears of it. Only
-- what is still so counts: a loss of ranking, probabilities that are far off, or drift of the score or of features that weigh something.
{% set weighty = 0.05 %}

with open_alerts as (

    select kind, severity, subject, metric, importance, message from {{ ref('ml_alerts') }} where is_open

),

lost as (

    select message, metric as place from open_alerts
    where kind = 'performance' or (kind = 'calibration' and severity = 'critical')

),

drifted as (

    select
        subject,
        -- The score is made of all of them.
        coalesce(max(importance), 1) as importance
    from open_alerts
    where kind = 'drift'
    group by subject

)

select
    'performance_down' as reason,
    {{ joined_texts('lost.message', '; ', ['lost.place']) }} as detail
from lost
having count(*) > 0

union all

select
    'drift' as reason,
    'Drift since training: ' || {{ joined_texts('drifted.subject', ', ', ['drifted.importance desc', 'drifted.subject']) }} || '.' as detail
from drifted
having sum(drifted.importance) >= {{ weighty }}
