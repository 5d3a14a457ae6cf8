-- Which company a name without a domain means: the one that is called so, or so but for a slip, and may sit in that country. A name that
-- several companies bear there means none of them.
with nameless as (

    select
        names.name,
        coalesce(people.country, '') as country
    from {{ ref('int_identity__records') }} as people
    inner join {{ ref('int_identity__company_names') }} as names on people.company_name = names.written_name

    union

    select
        names.name,
        coalesce(countries.country, '') as country
    from {{ ref('stg_salesforce__account') }} as accounts
    inner join {{ ref('int_identity__company_names') }} as names on accounts.account_name = names.written_name
    left join {{ ref('int_identity__countries') }} as countries on accounts.country = countries.written_country

),

candidates as (

    select
        nameless.name,
        nameless.country,
        called.account_key,
        called.known_at,
        case when nameless.country = called.country and called.country != '' then 1 else 2 end as tier,
        'name' as matched_on
    from nameless
    inner join {{ ref('int_identity__company_mentions') }} as called
        on nameless.name = called.name
        and (nameless.country = called.country or nameless.country = '' or called.country = '')

    union all

    -- Acme and Acme Germany are two companies: a slip changes letters, not the number of words.
    select nameless.name, nameless.country, called.account_key, called.known_at, 3, 'similar name'
    from nameless
    inner join {{ ref('int_identity__company_mentions') }} as called
        on substr(nameless.name, 1, 4) = substr(called.name, 1, 4)
        and nameless.country = called.country
        and nameless.name != called.name
    where nameless.country != ''
        and length(replace(nameless.name, ' ', '')) - length(nameless.name) = length(replace(called.name, ' ', '')) - length(called.name)
        and {{ name_likeness('nameless.name', 'called.name') }} >= 95

),

best as (

    select *
    from candidates
    qualify min(tier) over (partition by name, country) = tier

)

select
    name,
    country,
    min(account_key) as account_key,
    min(matched_on) as matched_on,
    min(known_at) as known_at
from best
group by name, country
having count(distinct account_key) = 1
