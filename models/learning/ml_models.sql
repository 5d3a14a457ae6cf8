-- The registry: every model ever trained, as text, with what it is as of this run.
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

registry as (

    select
        model_version, as_of, mode, conversion_event, horizon_days, feature_names, training_rows, training_conversions,
        training_from, training_until, reference_odds, parameters, data_fingerprint, metrics, library_version, library_hash,
        artifact, artifact_sha256
    from trained

    {% if is_incremental() %}
        union all

        select
            model_version, as_of, mode, conversion_event, horizon_days, feature_names, training_rows, training_conversions,
            training_from, training_until, reference_odds, parameters, data_fingerprint, metrics, library_version, library_hash,
            artifact, artifact_sha256
        from {{ this }}
        where model_version not in (select trained.model_version from trained)
    {% endif %}

)

select
    cast(registry.model_version as varchar) as model_version,
    cast(registry.as_of as date) as as_of,
    cast(registry.mode as varchar) as mode,
    cast(statuses.status as varchar) as status,
    cast(statuses.is_pinned as boolean) as is_pinned,
    cast(statuses.passed_gates as boolean) as passed_gates,
    cast(statuses.promoted_on as date) as promoted_on,
    cast(statuses.is_replay as boolean) as is_replay,
    cast(registry.conversion_event as varchar) as conversion_event,
    cast(registry.horizon_days as integer) as horizon_days,
    cast(registry.feature_names as varchar) as feature_names,
    cast(registry.training_rows as bigint) as training_rows,
    cast(registry.training_conversions as bigint) as training_conversions,
    cast(registry.training_from as date) as training_from,
    cast(registry.training_until as date) as training_until,
    cast(registry.reference_odds as double) as reference_odds,
    cast(registry.parameters as varchar) as parameters,
    cast(registry.data_fingerprint as varchar) as data_fingerprint,
    cast(registry.metrics as varchar) as metrics,
    cast(registry.library_version as varchar) as library_version,
    cast(registry.library_hash as varchar) as library_hash,
    cast(registry.artifact as varchar) as artifact,
    cast(registry.artifact_sha256 as varchar) as artifact_sha256
from registry
inner join {{ ref('int_learning__model_statuses') }} as statuses on registry.model_version = statuses.model_version
