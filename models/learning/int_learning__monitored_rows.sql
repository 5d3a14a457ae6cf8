-- What drift is measured on, with its features: the snapshots that the champion learnt from, and those of the whole weeks since. Both were
-- chosen by the same lots, so what differs between them is time. Without a champion there is nothing to compare with.
with champion as (

    select coalesce(training_until, as_of) as training_until
    from {{ ref('int_learning__registry_before') }}
    where status = 'champion'

),

moments as (

    select
        spine.lead_id,
        spine.as_of,
        profiles.account_key,
        spine.is_converted,
        {{ monday_of('spine.as_of') }} as week,
        champion.training_until,
        {{ hash_number("spine.lead_id || ':monitoring'") }} as lottery
    from {{ ref('feat_spine') }} as spine
    inner join {{ ref('int_features__profile') }} as profiles on spine.lead_id = profiles.lead_id and spine.as_of = profiles.as_of
    cross join champion
    where spine.purpose in ('training', 'monitoring')

),

parted as (

    select
        lead_id,
        as_of,
        account_key,
        is_converted,
        week,
        lottery,
        case when as_of <= training_until then 'reference' else 'current' end as part
    from moments
    where
        (as_of <= training_until and is_converted is not null)
        or (
            week > training_until
            and {{ days_after('week', 7) }} <= {{ as_of_date() }}
            and week >= {{ days_before(as_of_date(), '7 * ' ~ setting('monitoring_weeks')) }}
        )

),

drawn as (

    select lead_id, as_of, account_key, is_converted, week, part
    from parted
    qualify row_number() over (partition by part order by lottery, lead_id, as_of) <= {{ setting('monitoring_max_rows') }}

)

select
    drawn.part,
    drawn.week,
    drawn.account_key,
    drawn.is_converted,
    features.*
from drawn
inner join {{ ref('feat_leads') }} as features on drawn.lead_id = features.lead_id and drawn.as_of = features.as_of
