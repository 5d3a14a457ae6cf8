-- The registry as it stood when this day began: models of earlier days with the status they had then. It is what this run decides from, so
-- a day run again decides the same; a replayed day knows nothing of later models, and today's runs nothing of those that replays trained.
with run as (

    select as_of, is_replay, conversion_event, horizon_days from {{ ref('int_learning__parameters') }}

),

known as (

    select models.*
    from {{ remembered('ml_models') }} as models
    inner join run on models.as_of < run.as_of and (run.is_replay or not models.is_replay)

),

comparable as (

    select known.model_version, known.promoted_on
    from known
    inner join run on known.conversion_event = run.conversion_event and known.horizon_days = run.horizon_days

),

operations as (

    select decided.model_version, decided.as_of, decided.turn, decided.operation
    from {{ ref('ml_model_operations') }} as decided
    inner join run on decided.as_of < run.as_of

),

champion as (

    {{ champion_version('comparable', 'operations') }}

),

chosen as (

    {{ chosen_models('operations') }}

)

select
    known.* exclude (status, is_pinned),
    {{ model_status('known', 'champion', 'chosen') }} as status,
    champion.model_version is not null and coalesce(chosen.is_pinned, false) as is_pinned
from known
left join champion on known.model_version = champion.model_version
left join chosen on known.model_version = chosen.model_version
