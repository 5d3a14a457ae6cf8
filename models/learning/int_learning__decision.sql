-- Whether this run trains, and why. Decided from the registry as it stood when the day began, so a day run again decides the same.
with run as (

    select as_of, is_replay, conversion_event, horizon_days, retrain from {{ ref('int_learning__parameters') }}

),

comparable as (

    select before.*
    from {{ ref('int_learning__registry_before') }} as before
    inner join run on before.conversion_event = run.conversion_event and before.horizon_days = run.horizon_days

),

champion as (

    select model_version, mode, {{ mode_rank('mode') }} as mode_rank, {{ json_texts('feature_names') }} as features
    from comparable
    where status = 'champion'

),

champion_features as (

    {{ spread_lists('champion', keep=['model_version'], lists={'features': {'name': 'feature', 'type': 'varchar'}}) }}

),

lost_features as (

    select min(champion_features.feature) as example
    from champion_features
    left join {{ ref('int_learning__admitted_features') }} as admitted on champion_features.feature = admitted.feature
    where admitted.feature is null

),

trainings as (

    select max(as_of) as last_day from comparable

),

readiness as (

    select min({{ mode_rank('allows_mode') }}) as mode_rank from {{ ref('data_readiness') }}

),

facts as (

    select
        run.as_of, run.is_replay, run.retrain,
        case readiness.mode_rank when 1 then 'rules' when 2 then 'hybrid' else 'gradient_boosting' end as mode,
        champion.model_version as champion_version,
        readiness.mode_rank > champion.mode_rank as is_outgrown,
        lost_features.example as lost_feature,
        {{ dbt.datediff('trainings.last_day', 'run.as_of', 'day') }} as days_since_training
    from run
    cross join readiness
    cross join lost_features
    cross join trainings
    left join champion on true

),

reasons as (

    select 1 as place, 'no_model' as reason, 'There is no model of this event and horizon yet.' as detail
    from facts
    where champion_version is null

    union all

    select 2, 'features_gone', 'The champion reads the feature ' || lost_feature || ', which is gone or quarantined.'
    from facts
    where lost_feature is not null

    union all

    select 3, 'age', 'The newest model was trained ' || cast(days_since_training as varchar) || ' days ago.'
    from facts
    where days_since_training >= {{ setting('retrain_after_days') }}

    union all

    -- What a training did not mend is not trained for again every day.
    select 4, 'more_data', 'The data carry more than the champion: ' || mode || '.'
    from facts
    where is_outgrown and days_since_training >= {{ setting('retrain_pause_days') }}

    union all

    select 5, alarms.reason, alarms.detail
    from {{ ref('int_learning__alarms') }} as alarms
    inner join facts on facts.days_since_training >= {{ setting('retrain_pause_days') }}

    union all

    select 6, 'forced', 'The variable retrain is always.'
    from facts
    where retrain = 'always'

)

select
    facts.as_of, facts.is_replay, facts.retrain,
    facts.retrain != 'never' and count(reasons.reason) > 0 as should_train,
    {{ joined_texts('reasons.reason', ', ', ['reasons.place', 'reasons.reason']) }} as reasons,
    {{ joined_texts('reasons.detail', ' ', ['reasons.place', 'reasons.reason']) }} as details,
    facts.mode, facts.champion_version, facts.days_since_training
from facts
left join reasons on true
group by facts.as_of, facts.is_replay, facts.retrain, facts.mode, facts.champion_version, facts.days_since_training
