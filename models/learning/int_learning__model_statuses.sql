-- What every model of the registry is after this run: this run's is judged by its gates, and what people decided until this day counts.
with run as (

    select as_of, is_replay, conversion_event, horizon_days from {{ ref('int_learning__parameters') }}

),

verdict as (

    select max(case when lets_through then 1 else 0 end) = 1 as is_passed from {{ ref('int_learning__gates') }}

),

trained as (

    select
        models.model_version,
        models.as_of,
        models.conversion_event,
        models.horizon_days,
        run.is_replay,
        verdict.is_passed as passed_gates,
        case when verdict.is_passed and before.model_version is null then run.as_of end as promoted_on
    from {{ ref('int_learning__trained_model') }} as models
    cross join run
    cross join verdict
    -- While a model is pinned, none is promoted beside it.
    left join {{ ref('int_learning__registry_before') }} as before on before.is_pinned

),

registry as (

    select * from trained

    union all

    -- Of two models trained for one day the later one counts: a day run again replaces what it promoted.
    select
        earlier.model_version,
        earlier.as_of,
        earlier.conversion_event,
        earlier.horizon_days,
        earlier.is_replay,
        case when trained.model_version is null then earlier.passed_gates end as passed_gates,
        case when trained.model_version is null then earlier.promoted_on end as promoted_on
    from {{ remembered('ml_models') }} as earlier
    left join trained
        on earlier.as_of = trained.as_of
        and earlier.conversion_event = trained.conversion_event
        and earlier.horizon_days = trained.horizon_days
    where earlier.model_version not in (select again.model_version from trained as again)

),

comparable as (

    select registry.model_version, registry.promoted_on
    from registry
    inner join run
        on registry.as_of <= run.as_of
        and (run.is_replay or not registry.is_replay)
        and registry.conversion_event = run.conversion_event
        and registry.horizon_days = run.horizon_days

),

operations as (

    select decided.model_version, decided.as_of, decided.turn, decided.operation
    from {{ ref('ml_model_operations') }} as decided
    inner join run on decided.as_of <= run.as_of

),

promoted as (

    {{ champion_version('comparable', 'operations') }}

),

champion as (

    select model_version from promoted where '{{ setting("score_with") }}' = ''
    union all
    select model_version from registry where model_version = '{{ setting("score_with") }}'

),

chosen as (

    {{ chosen_models('operations') }}

)

select
    registry.model_version,
    case when registry.as_of > run.as_of then 'later' else {{ model_status('registry', 'champion', 'chosen') }} end as status,
    champion.model_version is not null and coalesce(chosen.is_pinned, false) as is_pinned,
    registry.passed_gates,
    registry.promoted_on,
    registry.is_replay
from registry
cross join run
left join champion on registry.model_version = champion.model_version
left join chosen on registry.model_version = chosen.model_version
