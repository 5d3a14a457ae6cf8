-- CRM accounts with the key that makes them companies: the domain registered for their website, else the company that is called so, else
-- the account itself. A daughter stays apart from a parent at the same domain.
with accounts as (

    select
        accounts.*,
        industries.industry as common_industry,
        countries.country as country_code,
        case when domains.is_free_mail = false then 'domain:' || domains.domain else matches.account_key end as company_key
    from {{ ref('stg_salesforce__account') }} as accounts
    left join {{ ref('int_identity__domains') }} as domains on accounts.website = domains.site
    left join {{ ref('int_identity__industries') }} as industries on accounts.industry = industries.written_industry
    left join {{ ref('int_identity__countries') }} as countries on accounts.country = countries.written_country
    left join {{ ref('int_identity__company_names') }} as names on accounts.account_name = names.written_name
    left join {{ ref('int_identity__company_matches') }} as matches
        on names.name = matches.name and coalesce(countries.country, '') = matches.country

)

select
    daughters.salesforce_account_id,
    case
        when daughters.company_key is not null and coalesce(parents.company_key != daughters.company_key, true) then daughters.company_key
        else 'salesforce.account:' || daughters.salesforce_account_id
    end as account_key,
    daughters.account_name,
    daughters.common_industry as industry,
    daughters.employee_count,
    daughters.annual_revenue,
    daughters.country_code as country,
    daughters.created_at
from accounts as daughters
left join accounts as parents on daughters.parent_account_id = parents.salesforce_account_id
