-- Nothing that is dated as_of or later is in any table; features and scores stand at as_of at the latest.
with newest as (

    select 'dim_leads.created_at' as dated, max(created_at) as newest_at from {{ ref('dim_leads') }}
    union all
    select 'dim_leads.converted_at', max(converted_at) from {{ ref('dim_leads') }}
    union all
    select 'lead_source_records.created_at', max(created_at) from {{ ref('lead_source_records') }}
    union all
    select 'fct_activities.occurred_at', max(occurred_at) from {{ ref('fct_activities') }}
    union all
    select 'fct_intent_signals.occurred_on', cast(max(occurred_on) as datetime) from {{ ref('fct_intent_signals') }}

),

moments as (

    select 'feat_leads.as_of' as dated, max(as_of) as as_of from {{ ref('feat_leads') }}
    union all
    select 'fct_lead_scores.as_of', max(as_of) from {{ ref('fct_lead_scores') }}

)

select dated, newest_at
from newest
where newest_at >= {{ as_of_timestamp() }}

union all

select dated, cast(as_of as datetime) as newest_at
from moments
where as_of > {{ as_of_date() }}
