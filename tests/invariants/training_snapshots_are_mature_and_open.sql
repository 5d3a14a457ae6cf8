-- A training snapshot's horizon was watched to its end, the lead had not converted before it, and its label says what happened since.
with snapshots as (

    select
        spine.lead_id,
        spine.as_of,
        spine.is_converted,
        leads.converted_at,
        {{ days_after('spine.as_of', setting('conversion_horizon_days')) }} as horizon_ends_on
    from {{ ref('feat_spine') }} as spine
    left join {{ ref('dim_leads') }} as leads on spine.lead_id = leads.lead_id
    where spine.purpose = 'training'

)

select snapshots.*
from snapshots
cross join {{ ref('int_timeline__observation') }} as observation
where
    coalesce(snapshots.horizon_ends_on > observation.observed_until, true)
    or snapshots.converted_at < cast(snapshots.as_of as datetime)
    or snapshots.is_converted != coalesce(snapshots.converted_at < cast(snapshots.horizon_ends_on as datetime), false)
    or snapshots.is_converted is null
