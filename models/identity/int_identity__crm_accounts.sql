-- CRM accounts with the key that makes them companies: the domain registered for their website, else the account itself.
with accounts as (

    select
        *,
        {{ host_of('website') }} as host
    from {{ ref('stg_salesforce__account') }}

)

select
    accounts.salesforce_account_id,
    case
        when domains.is_free_mail = false then 'domain:' || domains.domain
        else 'salesforce.account:' || accounts.salesforce_account_id
    end as account_key,
    accounts.account_name,
    accounts.industry,
    accounts.employee_count,
    accounts.annual_revenue,
    accounts.country,
    accounts.created_at
from accounts
left join {{ ref('int_identity__domains') }} as domains on accounts.host = domains.host
