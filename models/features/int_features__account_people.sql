-- How many people of a company were known by the day on which a lead of it is looked at, the lead itself included. A running count, so
-- that a company of thousands costs no more than the sorting of its people.
with steps as (

    select
        account_key,
        {{ days_after('cast(min(account_known_at) as date)', 1) }} as day,
        1 as people,
        false as is_moment
    from {{ ref('int_identity__lead_records') }}
    where account_key is not null
    group by account_key, lead_id

    union all

    select distinct
        account_key,
        as_of as day,
        0 as people,
        true as is_moment
    from {{ ref('int_features__profile') }}
    where account_key is not null

),

counted as (

    select
        account_key,
        day,
        is_moment,
        sum(people) over (partition by account_key order by day range between unbounded preceding and current row) as known_people
    from steps

)

select
    account_key,
    day as as_of,
    cast(known_people as integer) as known_people
from counted
where is_moment
