-- Each industry as somebody wrote it, once, with the common word for it.
with written as (

    select industry from {{ ref('stg_marketo__lead') }}
    union
    select industry from {{ ref('stg_salesforce__lead') }}
    union
    select industry from {{ ref('stg_salesforce__account') }}
    union
    select industry from {{ ref('stg_bombora__company_surge') }}
    union
    select industry from {{ ref('stg_g2__buyer_intent') }}

)

select
    written.industry as written_industry,
    coalesce(aliases.industry, written.industry) as industry
from written
left join {{ ref('industry_aliases') }} as aliases on trim({{ plain_words('written.industry') }}) = aliases.alias
where written.industry is not null
