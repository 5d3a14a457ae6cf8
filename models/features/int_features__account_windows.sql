-- What the whole company did before as_of: people, departments and touches. A member counts from the day a record tied it to the company.
with members as (

    select
        records.account_key,
        records.lead_id,
        min(records.account_known_at) as member_since,
        -- As the first of these records has it: what a later one adds was not known before.
        nullif(min_by(coalesce(records.department, ''), records.age_rank), '') as department
    from {{ ref('int_identity__lead_records') }} as records
    where records.account_key is not null
    group by records.account_key, records.lead_id

),

member_days as (

    select
        members.account_key,
        members.lead_id,
        members.department,
        daily.day,
        members.member_since,
        daily.engagements,
        daily.pricing_visits,
        daily.decision_touches
    from members
    inner join {{ ref('int_features__daily') }} as daily on members.lead_id = daily.lead_id
    where daily.engagements > 0

),

moments as (

    select distinct account_key, as_of
    from {{ ref('int_features__profile') }}
    where account_key is not null

),

-- Windows of at most 90 days touch at most four buckets of 30 days, so the join never sees a company's whole past.
buckets as (

    select
        moments.account_key,
        moments.as_of,
        {{ bucket_30d('moments.as_of') }} - back.n as bucket
    from moments
    cross join {{ numbers(4) }} as back

),

aged as (

    select
        buckets.account_key,
        buckets.as_of,
        {{ dbt.datediff('member_days.day', 'buckets.as_of', 'day') }} as age,
        member_days.lead_id,
        member_days.department,
        member_days.engagements,
        member_days.pricing_visits,
        member_days.decision_touches
    from buckets
    inner join member_days
        on buckets.account_key = member_days.account_key
        and buckets.bucket = {{ bucket_30d('member_days.day') }}
        and member_days.day < buckets.as_of
        and member_days.day >= {{ days_before('buckets.as_of', 90) }}
        and member_days.member_since < cast(buckets.as_of as datetime)

)

select
    account_key,
    as_of,
    count(distinct case when age <= 14 then lead_id end) as people_14d,
    count(distinct case when age <= 30 then lead_id end) as people_30d,
    count(distinct case when age <= 14 then department end) as departments_14d,
    count(distinct case when age <= 30 then department end) as departments_30d,
    cast({{ exact_sum("case when age <= 7 then engagements else 0 end") }} as integer) as engagements_7d,
    cast({{ exact_sum("case when age <= 30 then engagements else 0 end") }} as integer) as engagements_30d,
    cast({{ exact_sum("engagements") }} as integer) as engagements_90d,
    cast({{ exact_sum("case when age <= 30 then pricing_visits else 0 end") }} as integer) as pricing_visits_30d,
    cast({{ exact_sum("case when age <= 30 then decision_touches else 0 end") }} as integer) as decision_touches_30d
from aged
group by account_key, as_of
