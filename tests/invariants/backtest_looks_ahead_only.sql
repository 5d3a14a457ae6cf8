-- Held out of time means: judged on or after the day from which the predicting model looked ahead, and within a period of that day.
select
    predictions.model_version,
    predictions.lead_id,
    predictions.as_of,
    predictions.origin
from {{ ref('ml_holdout_predictions') }} as predictions
where predictions.split = 'out_of_time' and predictions.as_of < predictions.origin
