-- How well the systems meet: counts that readiness makes shares of.
with people as (

    select
        lead_id,
        max(case when source_system = 'marketo' then 1 else 0 end) as in_marketo,
        max(case when source_system = 'salesforce' then 1 else 0 end) as in_salesforce
    from {{ ref('lead_source_records') }}
    group by lead_id

),

touched as (

    select distinct lead_id from {{ ref('int_timeline__touches') }}

),

leads as (

    select
        count(*) as leads,
        count(leads.account_id) as leads_with_company,
        count(touched.lead_id) as leads_with_touches,
        sum(people.in_marketo) as leads_in_marketo,
        sum(people.in_marketo * people.in_salesforce) as leads_in_both
    from {{ ref('int_identity__leads') }} as leads
    left join people on leads.lead_id = people.lead_id
    left join touched on leads.lead_id = touched.lead_id

),

signals as (

    select
        (select count(*) from {{ ref('stg_bombora__company_surge') }})
        + (select count(*) from {{ ref('stg_g2__buyer_intent') }}) as signals,
        (select count(*) from {{ ref('fct_intent_signals') }}) as signals_of_accounts

)

select
    run.as_of,
    cast(leads.leads_with_company as double) / nullif(leads.leads, 0) as leads_with_company,
    cast(leads.leads_with_touches as double) / nullif(leads.leads, 0) as leads_with_touches,
    cast(leads.leads_in_both as double) / nullif(leads.leads_in_marketo, 0) as marketo_in_salesforce,
    cast(signals.signals_of_accounts as double) / nullif(signals.signals, 0) as signals_of_accounts
from leads
cross join signals
cross join {{ ref('int_learning__parameters') }} as run
