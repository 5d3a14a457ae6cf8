-- Each page, form or campaign once, with what it is: the first pattern that fits decides.
with assets as (

    select distinct asset
    from {{ ref('int_timeline__touches') }}
    where is_content and asset is not null

),

first_fits as (

    select
        assets.asset,
        min(patterns.priority) as priority
    from assets
    inner join {{ ref('content_patterns') }} as patterns on lower(assets.asset) like patterns.pattern
    group by assets.asset

)

select
    first_fits.asset,
    patterns.asset_type,
    patterns.content_stage,
    patterns.depth_weight,
    patterns.is_solution_fit
from first_fits
inner join {{ ref('content_patterns') }} as patterns on first_fits.priority = patterns.priority
