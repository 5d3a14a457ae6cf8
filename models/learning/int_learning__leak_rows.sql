-- What the leak guard looks at: labelled snapshots with how long after them the lead converted, snapshots that wait for their horizon,
-- and the open leads, with every feature, at most 40,000 of each drawn by lot. Where the sources ended days before as_of, open leads lack
-- what happened since, which is no leak: then the youngest snapshots stand for them alone.
{{ config(materialized='view') }}

with moments as (

    select
        spine.lead_id,
        spine.as_of,
        spine.purpose,
        spine.is_converted,
        profiles.account_key,
        profiles.lead_age_days as age_days,
        {{ dbt.datediff('spine.as_of', 'cast(conversions.converted_at as date)', 'day') }} as days_to_conversion,
        {{ hash_number("spine.lead_id || ':leaks'") }} as lottery
    from {{ ref('feat_spine') }} as spine
    inner join {{ ref('int_features__profile') }} as profiles on spine.lead_id = profiles.lead_id and spine.as_of = profiles.as_of
    left join {{ ref('int_timeline__conversions') }} as conversions
        on spine.lead_id = conversions.lead_id and conversions.conversion_event = '{{ setting("conversion_event") }}'
    cross join {{ ref('int_timeline__observation') }} as observation
    where spine.purpose != 'scoring' or observation.as_of <= {{ days_after('observation.observed_until', 3) }}

),

drawn as (

    select purpose, is_converted, account_key, age_days, days_to_conversion, lead_id, as_of
    from moments
    qualify row_number() over (partition by purpose order by lottery, lead_id, as_of) <= 40000

)

select
    drawn.purpose,
    drawn.is_converted,
    drawn.account_key,
    drawn.age_days,
    drawn.days_to_conversion,
    features.*
from drawn
inner join {{ ref('feat_leads') }} as features on drawn.lead_id = features.lead_id and drawn.as_of = features.as_of
