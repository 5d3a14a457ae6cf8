-- What intent vendors reported of the company before as_of: surges of the last two weeks, their change over a month, review sites.
with moments as (

    select distinct
        accounts.account_id,
        profiles.account_key,
        profiles.as_of
    from {{ ref('int_features__profile') }} as profiles
    inner join {{ ref('int_identity__accounts') }} as accounts on profiles.account_key = accounts.account_key

),

aged as (

    select
        moments.account_key,
        moments.as_of,
        {{ dbt.datediff('signals.occurred_on', 'moments.as_of', 'day') }} as age,
        signals.vendor,
        signals.signal_type,
        signals.topic,
        signals.strength,
        {{ plain_words('signals.topic') }} like '% ai %' as is_about_ai
    from moments
    inner join {{ ref('fct_intent_signals') }} as signals
        on moments.account_id = signals.account_id
        and signals.occurred_on < moments.as_of
        and signals.occurred_on >= {{ days_before('moments.as_of', 90) }}

)

select
    account_key,
    as_of,
    max(case when vendor = 'bombora' and age <= 14 then strength end) as surge_score,
    count(distinct case when signal_type = 'surge' and age <= 14 then topic end) as surging_topics_14d,
    max(case when vendor = 'bombora' and age <= 14 then strength end)
    - max(case when vendor = 'bombora' and age > 28 and age <= 42 then strength end) as surge_change_28d,
    max(case when vendor = 'bombora' and age <= 28 and is_about_ai then strength end) as ai_surge_score,
    cast(sum(case when vendor = 'g2' and age <= 30 then 1 else 0 end) as integer) as g2_signals_30d,
    cast(sum(case when vendor = 'g2' and signal_type = 'profile' then 1 else 0 end) as integer) as g2_profile_90d,
    cast(sum(case when vendor = 'g2' and signal_type = 'pricing' then 1 else 0 end) as integer) as g2_pricing_90d,
    cast(sum(case when vendor = 'g2' and signal_type = 'compare' then 1 else 0 end) as integer) as g2_compare_90d,
    cast(sum(case when vendor = 'g2' and signal_type = 'category' then 1 else 0 end) as integer) as g2_category_90d
from aged
group by account_key, as_of
