-- What companies research across the web, by topic and week.
with source as (

    select * from {{ read_source('bombora', 'company_surge') }}

)

select
    -- ids
    {{ hash_of(['domain', 'topic_id', 'topic_name', 'metro_area', 'country', date_text('date')]) }} as company_surge_id,

    -- the company
    company_name,
    lower(domain) as domain,
    industry,
    company_size,

    -- the interest
    topic_id,
    topic_name,
    composite_score,
    composite_score_delta,
    country,

    -- when
    date as published_on

from source
