-- What was known of the company at the time: for each field the word of the best source that had spoken by then.
with moments as (

    select distinct account_key, as_of
    from {{ ref('int_features__profile') }}
    where account_key is not null

)

select
    moments.account_key,
    moments.as_of,
    {{ best_known('records.industry', 'records.survivorship_rank') }} as industry,
    {{ best_known('records.employee_count', 'records.survivorship_rank') }} as employee_count,
    {{ best_known('records.annual_revenue', 'records.survivorship_rank') }} as annual_revenue,
    {{ best_known('records.country', 'records.survivorship_rank') }} as country
from moments
inner join {{ ref('int_identity__company_records') }} as records
    on moments.account_key = records.account_key and records.created_at < cast(moments.as_of as datetime)
group by moments.account_key, moments.as_of
