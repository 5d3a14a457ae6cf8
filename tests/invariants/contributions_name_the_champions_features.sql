-- Every scored lead has one contribution of each of the champion's features, and no other.
with champion as (

    select {{ json_texts('feature_names') }} as features
    from {{ ref('ml_models') }}
    where status = 'champion'

),

wanted as (

    {{ spread_lists('champion', keep=[], lists={'features': {'name': 'feature', 'type': 'varchar'}}) }}

),

found as (

    select
        feature,
        count(*) as n_leads
    from {{ ref('ml_lead_contributions') }}
    group by feature

),

scored as (

    select count(*) as n_leads from {{ ref('fct_lead_scores') }}

)

select
    wanted.feature as wanted_feature,
    found.feature as found_feature,
    found.n_leads as found_leads,
    scored.n_leads as scored_leads
from wanted
full join found on wanted.feature = found.feature
cross join scored
where
    (wanted.feature is null and found.n_leads > 0)
    or (scored.n_leads > 0 and coalesce(found.n_leads, 0) != scored.n_leads)
