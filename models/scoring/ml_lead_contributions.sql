-- What each feature adds to or takes from each lead's score, in points. A view: the numbers stand once, one wide row per lead.
{{ config(materialized='view') }}

with champion as (

    select model_version, {{ json_texts('feature_names') }} as features
    from {{ ref('ml_models') }}
    where status = 'champion'

)

select
    explanations.lead_id,
    {{ unnest_lists({'champion.features': 'feature', 'explanations.feature_values': 'feature_value', 'explanations.points': 'points'}) }}
from {{ ref('ml_lead_explanations') }} as explanations
inner join champion on explanations.model_version = champion.model_version
