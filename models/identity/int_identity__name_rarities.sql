-- How rare each given name, family name and full name is: among all records, and among those of a country, where a name may be common
-- that is rare elsewhere.
with names as (

    select country, 'given' as part, formal_given as name from {{ ref('int_identity__match_forms') }}
    union all
    select country, 'family', family from {{ ref('int_identity__match_forms') }}
    union all
    select country, 'full', formal_given || ' ' || family from {{ ref('int_identity__match_forms') }}

),

counted as (

    select
        part,
        country,
        name,
        count(*) as named
    from names
    where name is not null
    group by part, country, name

),

totals as (

    select
        part,
        country,
        sum(named) as named
    from counted
    group by part, country

),

all_names as (

    select
        part,
        sum(named) as named
    from totals
    group by part

),

everywhere as (

    select
        counted.part,
        counted.name,
        sum(counted.named) as named,
        sum(counted.named) / cast(max(all_names.named) as double) as share
    from counted
    inner join all_names on counted.part = all_names.part
    group by counted.part, counted.name

)

-- A country's own shares count as far as it has names enough. Given and family names go together, so a full name is counted as it stands;
-- but the two that are compared do not make their name common.
select
    counted.part,
    counted.country,
    counted.name,
    case
        when counted.part = 'full' then {{ rarity('greatest(counted.named - 2, 0.01)', 'totals.named') }}
        else {{ rarity('(counted.named + 10 * everywhere.share)', '(totals.named + 10)') }}
    end as rarity
from counted
inner join totals on counted.part = totals.part and counted.country = totals.country
inner join everywhere on counted.part = everywhere.part and counted.name = everywhere.name

union all

select
    part,
    '' as country,
    name,
    case
        when part = 'full' then {{ rarity('share * greatest(named - 2, 0.01) / named', '1') }}
        else {{ rarity('share', '1') }}
    end as rarity
from everywhere
