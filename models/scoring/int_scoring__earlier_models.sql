-- The models that gave the scores remembered with their features, as the registry has them.
{{ config(materialized='view') }}

select
    model_version,
    artifact,
    artifact_sha256
from {{ ref('ml_models') }}
where model_version in (select remembered.model_version from {{ ref('int_scoring__scored_rows') }} as remembered)
