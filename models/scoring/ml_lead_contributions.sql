-- What each feature adds to or takes from each lead's score, in points. A view: the numbers stand once, one wide row per lead.
{{ config(materialized='view') }}

with champion as (

    select model_version, {{ json_texts('feature_names') }} as features
    from {{ ref('ml_models') }}
    where status = 'champion'

),

listed as (

    select
        explanations.lead_id,
        champion.features,
        explanations.feature_values,
        explanations.points
    from {{ ref('ml_lead_explanations') }} as explanations
    inner join champion on explanations.model_version = champion.model_version

)

{{ spread_lists('listed', keep=['lead_id'], lists={
    'features': {'name': 'feature', 'type': 'varchar'},
    'feature_values': {'name': 'feature_value', 'type': 'varchar'},
    'points': {'name': 'points', 'type': 'double'}
}) }}
