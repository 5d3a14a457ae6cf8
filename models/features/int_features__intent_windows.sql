-- What intent vendors reported of the company before as_of: surges of the last two weeks, their change over a month, visits to review sites.
with moments as (

    select distinct accounts.account_id, profiles.account_key, profiles.as_of
    from {{ ref('int_features__profile') }} as profiles
    inner join {{ ref('int_identity__accounts') }} as accounts on profiles.account_key = accounts.account_key

)

select
    moments.account_key,
    moments.as_of,
    max(case when signals.vendor = 'bombora' and signals.occurred_on >= {{ days_before('moments.as_of', 14) }} then signals.strength end) as surge_score,
    count(distinct case when signals.signal_type = 'surge' and signals.occurred_on >= {{ days_before('moments.as_of', 14) }} then signals.topic end) as surging_topics_14d,
    max(case when signals.vendor = 'bombora' and signals.occurred_on >= {{ days_before('moments.as_of', 14) }} then signals.strength end)
    - max(case
        when
            signals.vendor = 'bombora' and signals.occurred_on >= {{ days_before('moments.as_of', 42) }} and signals.occurred_on < {{ days_before('moments.as_of', 28) }}
            then signals.strength
    end) as surge_change_28d,
    max(case
        when
            signals.vendor = 'bombora' and signals.occurred_on >= {{ days_before('moments.as_of', 28) }} and ' ' || lower(signals.topic) || ' ' like '% ai %'
            then signals.strength
    end) as ai_surge_score,
    cast(sum(case when signals.vendor = 'g2' and signals.occurred_on >= {{ days_before('moments.as_of', 30) }} then 1 else 0 end) as integer) as g2_signals_30d,
    {% for type in ['profile', 'pricing', 'compare', 'category'] %}
        cast(sum(case when signals.vendor = 'g2' and signals.signal_type = '{{ type }}' then 1 else 0 end) as integer) as g2_{{ type }}_90d{{ ',' if not loop.last }}
    {% endfor %}
from moments
inner join {{ ref('fct_intent_signals') }} as signals
    on moments.account_id = signals.account_id
    and signals.occurred_on < moments.as_of
    and signals.occurred_on >= {{ days_before('moments.as_of', 90) }}
group by moments.account_key, moments.as_of
