-- What a lead met first: the kind of the earliest asset it engaged with.
select
    lead_id,
    min(occurred_at) as first_touched_at,
    min_by(asset_type, activity_order) as first_touch_asset
from (
    select
        lead_id,
        occurred_at,
        asset_type,
        row_number() over (partition by lead_id order by occurred_at, activity_id) as activity_order
    from {{ ref('fct_activities') }}
    where is_engagement and asset_type is not null
    qualify activity_order = 1
) as first_touches
group by lead_id
