-- The odds that mean a score of 50, once a model has pinned them: those of all models for this event and horizon, a replayed day's too.
-- Were the earliest day to decide, replaying one would move today's scores.
select models.reference_odds
from {{ remembered('ml_models') }} as models
inner join {{ ref('int_learning__parameters') }} as run
    on models.conversion_event = run.conversion_event and models.horizon_days = run.horizon_days
qualify row_number() over (order by models.as_of, models.model_version) = 1
