-- CRM accounts with the key that makes them companies: the domain registered for their website, else the account itself.
select
    accounts.salesforce_account_id,
    case
        when domains.is_free_mail = false then 'domain:' || domains.domain
        else 'salesforce.account:' || accounts.salesforce_account_id
    end as account_key,
    accounts.account_name,
    industries.industry,
    accounts.employee_count,
    accounts.annual_revenue,
    countries.country,
    accounts.created_at
from {{ ref('stg_salesforce__account') }} as accounts
left join {{ ref('int_identity__domains') }} as domains on accounts.website = domains.site
left join {{ ref('int_identity__industries') }} as industries on accounts.industry = industries.written_industry
left join {{ ref('int_identity__countries') }} as countries on accounts.country = countries.written_country
