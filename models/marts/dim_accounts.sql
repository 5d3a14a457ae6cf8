-- The companies: every one that a CRM account, a lead or an intent signal belongs to.
with people as (

    select
        account_id,
        count(*) as lead_count
    from {{ ref('int_identity__leads') }}
    where account_id is not null
    group by account_id

)

select
    accounts.account_id,
    coalesce(accounts.account_name, accounts.domain) as account_name,
    accounts.domain,
    accounts.industry,
    cast(accounts.employee_count as bigint) as employee_count,
    cast(accounts.annual_revenue as double) as annual_revenue,
    accounts.country,
    coalesce(segments.segment, 'unknown') as segment,
    cast(coalesce(people.lead_count, 0) as integer) as lead_count
from {{ ref('int_identity__accounts') }} as accounts
left join people on accounts.account_id = people.account_id
left join {{ ref('account_segments') }} as segments
    on accounts.employee_count >= segments.min_employees
    and (segments.max_employees is null or accounts.employee_count < segments.max_employees)
