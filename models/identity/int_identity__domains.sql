-- Each web or mail site seen anywhere, once: the domain somebody registered for it, and whether anyone may have an address there.
with sites as (

    select split_part(email, '@', 2) as site from {{ ref('int_identity__records') }} where email is not null
    union
    select website from {{ ref('int_identity__records') }} where website is not null
    union
    select website from {{ ref('stg_salesforce__account') }} where website is not null
    union
    select domain from {{ ref('stg_bombora__company_surge') }} where domain is not null
    union
    select domain from {{ ref('stg_g2__buyer_intent') }} where domain is not null

),

hosts as (

    select
        site,
        {{ host_of('site') }} as host
    from sites

),

labelled as (

    select
        site,
        split_part(host, '.', -2) || '.' || split_part(host, '.', -1) as last_two,
        split_part(host, '.', -3) as third_last
    from hosts
    where host is not null

),

registered as (

    select
        labelled.site,
        case
            when suffixes.suffix is not null and labelled.third_last != '' then labelled.third_last || '.' || labelled.last_two
            else labelled.last_two
        end as domain
    from labelled
    left join {{ ref('public_suffixes') }} as suffixes on labelled.last_two = suffixes.suffix

)

select
    registered.site,
    registered.domain,
    free_mail.domain is not null as is_free_mail
from registered
left join {{ ref('free_mail_domains') }} as free_mail on registered.domain = free_mail.domain
