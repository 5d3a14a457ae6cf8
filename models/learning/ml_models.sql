-- The registry: every model ever trained, as text. The one trained by the newest run is the champion. The odds that mean a score of 50
-- are pinned by the first model and kept, so that a score keeps its meaning through retraining.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='model_version',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

with trained as (

    select * from {{ ref('int_learning__trained_model') }}

),

{% if is_incremental() %}
    earlier as (

        select * from {{ this }} where model_version not in (select trained.model_version from trained)

    ),

    pinned as (

        select first_models.reference_odds
        from {{ this }} as first_models
        inner join trained
            on first_models.conversion_event = trained.conversion_event
            and first_models.horizon_days = trained.horizon_days
        -- All of them share the odds, a replayed day's too: were the earliest day to decide, replaying one would move today's scores.
        qualify row_number() over (order by first_models.as_of, first_models.model_version) = 1

    ),
{% endif %}

registry as (

    select
        trained.model_version,
        trained.as_of,
        trained.mode,
        'champion' as status,
        trained.conversion_event,
        trained.horizon_days,
        trained.feature_names,
        trained.training_rows,
        trained.training_conversions,
        trained.training_from,
        trained.training_until,
        {% if is_incremental() %}
            coalesce((select pinned.reference_odds from pinned), trained.reference_odds) as reference_odds,
        {% else %}
            trained.reference_odds,
        {% endif %}
        trained.metrics,
        trained.library_version,
        trained.artifact,
        trained.artifact_sha256
    from trained

    {% if is_incremental() %}
        union all

        select
            model_version, as_of, mode, 'retired' as status, conversion_event, horizon_days, feature_names,
            training_rows, training_conversions, training_from, training_until, reference_odds,
            metrics, library_version, artifact, artifact_sha256
        from earlier
    {% endif %}

)

select
    cast(model_version as varchar) as model_version,
    cast(as_of as date) as as_of,
    cast(mode as varchar) as mode,
    cast(status as varchar) as status,
    cast(conversion_event as varchar) as conversion_event,
    cast(horizon_days as integer) as horizon_days,
    cast(feature_names as varchar) as feature_names,
    cast(training_rows as bigint) as training_rows,
    cast(training_conversions as bigint) as training_conversions,
    cast(training_from as date) as training_from,
    cast(training_until as date) as training_until,
    cast(reference_odds as double) as reference_odds,
    cast(metrics as varchar) as metrics,
    cast(library_version as varchar) as library_version,
    cast(artifact as varchar) as artifact,
    cast(artifact_sha256 as varchar) as artifact_sha256
from registry
