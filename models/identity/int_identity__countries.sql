-- Each country as somebody wrote it, once, with its ISO code.
with written as (

    select country from {{ ref('stg_marketo__lead') }}
    union
    select country from {{ ref('stg_salesforce__lead') }}
    union
    select country from {{ ref('stg_salesforce__contact') }}
    union
    select country from {{ ref('stg_salesforce__account') }}
    union
    select country from {{ ref('stg_bombora__company_surge') }}
    union
    select country from {{ ref('stg_g2__buyer_intent') }}

)

select
    written.country as written_country,
    coalesce(aliases.country_code, written.country) as country
from written
left join {{ ref('country_aliases') }} as aliases on trim({{ plain_words('written.country') }}) = aliases.alias
where written.country is not null
