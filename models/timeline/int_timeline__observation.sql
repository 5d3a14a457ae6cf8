-- Until when the sources were watched: the day after their newest row, as_of at the latest. Where a feed ended earlier, what did not
-- happen since is unknown, so labels may not look beyond this day.
with newest as (

    select max(occurred_at) as seen_at from {{ ref('int_timeline__touches') }}
    union all
    select max(created_at) from {{ ref('int_identity__lead_records') }}
    union all
    select max(created_at) from {{ ref('stg_salesforce__opportunity') }}
    union all
    select max(cast(closed_on as datetime)) from {{ ref('stg_salesforce__opportunity') }}

)

select
    {{ as_of_date() }} as as_of,
    cast({{ dbt.dateadd('day', 1, 'cast(max(seen_at) as date)') }} as date) as observed_until
from newest
