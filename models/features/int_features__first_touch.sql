-- What a lead met first: the earliest page, form or program it engaged with, and its kind.
select
    lead_id,
    min(occurred_at) as first_touched_at,
    min_by(asset, activity_order) as first_touch_asset,
    min_by(asset_type, activity_order) as first_touch_type
from (
    select
        lead_id,
        occurred_at,
        -- The path alone, so that one page is one page on every host it is served from.
        regexp_replace(lower(asset), '^[a-z]+://[^/]+', '') as asset,
        asset_type,
        row_number() over (partition by lead_id order by occurred_at, activity_id) as activity_order
    from {{ ref('fct_activities') }}
    where is_engagement and asset_type is not null
    qualify activity_order = 1
) as first_touches
group by lead_id
