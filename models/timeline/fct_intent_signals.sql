-- What companies research outside our own channels, one row per vendor signal.
with signals as (

    select
        'bombora:' || company_surge_id as signal_id,
        domain as site,
        published_on as occurred_on,
        'bombora' as vendor,
        topic_name as topic,
        case when composite_score >= 60 then 'surge' else 'research' end as signal_type,
        composite_score as strength,
        composite_score_delta as strength_change
    from {{ ref('stg_bombora__company_surge') }}

    union all

    select
        'g2:' || buyer_intent_id, domain, cast(occurred_at as date), 'g2',
        coalesce(product_name, category_name), signal_type, cast(coalesce(total_activity, 1) as double), null
    from {{ ref('stg_g2__buyer_intent') }}

)

select
    signals.signal_id,
    accounts.account_id,
    signals.occurred_on,
    signals.vendor,
    signals.topic,
    signals.signal_type,
    signals.strength,
    signals.strength_change
from signals
inner join {{ ref('int_identity__domains') }} as domains on signals.site = domains.site
inner join {{ ref('int_identity__accounts') }} as accounts on domains.domain = accounts.domain
