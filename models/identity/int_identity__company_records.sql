-- Every source's word about a company in one shape, with the moment it was known and best first.
with vendor_rows as (

    select
        'g2' as vendor, 3 as trust_rank, domain as site,
        company_name, industry, employee_count, country, occurred_at as created_at
    from {{ ref('stg_g2__buyer_intent') }}

    union all

    select 'bombora', 4, domain, company_name, industry, null, country, cast(published_on as datetime)
    from {{ ref('stg_bombora__company_surge') }}

),

vendor_words as (

    -- A vendor repeats the company with every signal; each different word counts once, from its first day.
    select vendor, trust_rank, site, company_name, industry, employee_count, country, min(created_at) as created_at
    from vendor_rows
    where site is not null
    group by vendor, trust_rank, site, company_name, industry, employee_count, country

),

vendor_records as (

    select
        words.vendor || ':' || {{ hash_of([
            'words.site', 'words.company_name', 'words.industry', 'words.employee_count', 'words.country'
        ]) }} as record_id,
        words.trust_rank, 'domain:' || domains.domain as account_key, words.company_name,
        industries.industry, words.employee_count, countries.country, words.created_at
    from vendor_words as words
    inner join {{ ref('int_identity__domains') }} as domains on words.site = domains.site and not domains.is_free_mail
    left join {{ ref('int_identity__industries') }} as industries on words.industry = industries.written_industry
    left join {{ ref('int_identity__countries') }} as countries on words.country = countries.written_country

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

    select record_id, trust_rank, account_key, company_name, industry, employee_count, null, country, created_at
    from vendor_records

)

select
    company_record_id,
    account_key,
    row_number() over (partition by account_key order by trust_rank, created_at desc nulls last, company_record_id) as survivorship_rank,
    account_name,
    industry,
    employee_count,
    annual_revenue,
    country,
    created_at
from all_records
where account_key is not null
