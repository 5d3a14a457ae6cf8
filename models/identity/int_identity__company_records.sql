-- Every source's word about a company in one shape, with the moment it was known and best first.
with vendor_rows as (

    select
        'g2' as vendor, 3 as trust_rank, {{ host_of('domain') }} as host,
        company_name, industry, employee_count, country, occurred_at as created_at
    from {{ ref('stg_g2__buyer_intent') }}

    union all

    select 'bombora', 4, {{ host_of('domain') }}, company_name, industry, null, country, cast(published_on as timestamp)
    from {{ ref('stg_bombora__company_surge') }}

),

vendor_records as (

    -- A vendor repeats the company with every signal; each different word counts once, from its first day.
    select vendor, trust_rank, host, company_name, industry, employee_count, country, min(created_at) as created_at
    from vendor_rows
    where host is not null
    group by vendor, trust_rank, host, company_name, industry, employee_count, country

),

all_records as (

    select
        'salesforce.account:' || salesforce_account_id as company_record_id, 1 as trust_rank, account_key,
        account_name, industry, employee_count, annual_revenue, country, created_at
    from {{ ref('int_identity__crm_accounts') }}

    union all

    select record_id, 2, account_key, company_name, industry, employee_count, annual_revenue, country, created_at
    from {{ ref('int_identity__lead_records') }}

    union all

    select
        vendor_records.vendor || ':' || {{ hash_of([
            'vendor_records.host', 'vendor_records.company_name', 'vendor_records.industry', 'vendor_records.employee_count', 'vendor_records.country'
        ]) }},
        vendor_records.trust_rank, 'domain:' || domains.domain, vendor_records.company_name, vendor_records.industry,
        vendor_records.employee_count, null, vendor_records.country, vendor_records.created_at
    from vendor_records
    inner join {{ ref('int_identity__domains') }} as domains on vendor_records.host = domains.host and not domains.is_free_mail

)

select
    all_records.company_record_id,
    all_records.account_key,
    row_number() over (
        partition by all_records.account_key order by all_records.trust_rank, all_records.created_at desc, all_records.company_record_id
    ) as survivorship_rank,
    all_records.account_name,
    coalesce(industries.industry, all_records.industry) as industry,
    all_records.employee_count,
    all_records.annual_revenue,
    coalesce(countries.country_code, all_records.country) as country,
    all_records.created_at
from all_records
left join {{ ref('industry_aliases') }} as industries on trim({{ plain_words('all_records.industry') }}) = industries.alias
left join {{ ref('country_aliases') }} as countries on trim({{ plain_words('all_records.country') }}) = countries.alias
where all_records.account_key is not null
