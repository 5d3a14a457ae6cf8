-- What each company with a domain is called, and where: by the CRM, by the people who work there, by the vendors.
with mentions as (

    select website as site, account_name as company_name, country, created_at
    from {{ ref('stg_salesforce__account') }}

    union all

    -- A private address at a company's name says nothing about its domain; the website does.
    select coalesce(mail.site, records.website), records.company_name, records.country, records.created_at
    from {{ ref('int_identity__records') }} as records
    left join {{ ref('int_identity__domains') }} as mail on split_part(records.email, '@', 2) = mail.site and not mail.is_free_mail

    union all

    select domain, company_name, country, cast(published_on as datetime)
    from {{ ref('stg_bombora__company_surge') }}

    union all

    select domain, company_name, country, occurred_at
    from {{ ref('stg_g2__buyer_intent') }}

)

select
    'domain:' || domains.domain as account_key,
    names.name,
    coalesce(countries.country, '') as country,
    count(*) as mentions,
    min(mentions.created_at) as known_at
from mentions
inner join {{ ref('int_identity__domains') }} as domains on mentions.site = domains.site and not domains.is_free_mail
inner join {{ ref('int_identity__company_names') }} as names on mentions.company_name = names.written_name
left join {{ ref('int_identity__countries') }} as countries on mentions.country = countries.written_country
group by domains.domain, names.name, coalesce(countries.country, '')
