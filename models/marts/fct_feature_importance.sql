-- How much each feature, topic and family moves the scores of open leads, over all of them and by size of company: one row each and
-- day. A run at an as_of replaces what an earlier run said of that day.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

with contributions as (

    select lead_id, 'feature' as grouped_by, feature as feature_group, points
    from {{ ref('ml_lead_contributions') }}

    union all

    select lead_id, grouped_by, feature_group, points
    from {{ ref('fct_lead_score_group_reasons') }}

),

leads as (

    select
        scores.lead_id,
        coalesce(accounts.segment, 'no company') as segment
    from {{ ref('fct_lead_scores') }} as scores
    inner join {{ ref('dim_leads') }} as leads on scores.lead_id = leads.lead_id
    left join {{ ref('dim_accounts') }} as accounts on leads.account_id = accounts.account_id

),

-- Summed as decimals: a sum of floats depends on the order in which threads add them.
by_segment as (

    select
        leads.segment,
        contributions.grouped_by,
        contributions.feature_group,
        sum(abs(cast(contributions.points as decimal(18, 8)))) as size,
        sum(cast(contributions.points as decimal(18, 8))) as total
    from contributions
    inner join leads on contributions.lead_id = leads.lead_id
    group by leads.segment, contributions.grouped_by, contributions.feature_group

),

segments as (

    select segment, count(*) as n_leads
    from leads
    group by segment

    union all

    select 'all' as segment, count(*) as n_leads
    from leads

),

summed as (

    select segment, grouped_by, feature_group, size, total
    from by_segment

    union all

    select 'all' as segment, grouped_by, feature_group, sum(size) as size, sum(total) as total
    from by_segment
    group by grouped_by, feature_group

)

select
    {{ as_of_date() }} as as_of,
    champion.model_version,
    summed.segment,
    summed.grouped_by,
    summed.feature_group,
    coalesce(catalogue.label, summed.feature_group) as label,
    cast(segments.n_leads as bigint) as n_leads,
    cast(summed.size as double) / segments.n_leads as mean_absolute_points,
    cast(summed.total as double) / segments.n_leads as mean_points,
    cast(summed.size as double) / nullif(cast(
        sum(summed.size) over (partition by summed.segment, summed.grouped_by) as double
    ), 0) as share
from summed
inner join segments on summed.segment = segments.segment
inner join {{ ref('ml_models') }} as champion on champion.status = 'champion'
left join {{ ref('feature_catalogue') }} as catalogue on summed.grouped_by = 'feature' and summed.feature_group = catalogue.feature
