-- Which companies read about us and our rivals on a review site.
with source as (

    select * from {{ read_source('g2', 'buyer_intent') }}

)

select
    -- ids
    {{ hash_of([
        'company_domain', 'company_name', 'company_country', 'signal_type', 'product_name', 'category_name', timestamp_text('time')
    ]) }} as buyer_intent_id,

    -- the company
    company_name,
    lower(company_domain) as domain,
    company_country as country,
    company_employees as employee_count,
    company_industry as industry,

    -- the signal
    replace(replace(lower(signal_type), ' ', '_'), '-', '_') as signal_type,
    product_name,
    category_name,
    visitor_count,
    total_activity,

    -- when
    time as occurred_at

from source
