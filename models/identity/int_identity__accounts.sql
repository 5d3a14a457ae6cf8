-- One row per company: for each field the word of the best-ranked record that has one.
select
    {{ entity_id('account_key') }} as account_id,
    account_key,
    case when account_key like 'domain:%' then substr(account_key, 8) end as domain,
    {{ best_known('account_name') }} as account_name,
    {{ best_known('industry') }} as industry,
    {{ best_known('employee_count') }} as employee_count,
    {{ best_known('annual_revenue') }} as annual_revenue,
    {{ best_known('country') }} as country,
    min(created_at) as created_at
from {{ ref('int_identity__company_records') }}
group by account_key
