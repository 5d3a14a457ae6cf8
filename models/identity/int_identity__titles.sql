-- Each job title once, with the seniority and department its words stand for: the first pattern that fits decides.
with titles as (

    select title from {{ ref('stg_marketo__lead') }} where title is not null
    union
    select title from {{ ref('stg_salesforce__lead') }} where title is not null
    union
    select title from {{ ref('stg_salesforce__contact') }} where title is not null

),

worded as (

    select title, {{ plain_words('title') }} as words from titles

),

seniorities as (

    select worded.title, min_by(patterns.seniority, patterns.priority) as seniority
    from worded
    inner join {{ ref('title_seniority') }} as patterns on worded.words like patterns.pattern
    group by worded.title

),

departments as (

    select worded.title, min_by(patterns.department, patterns.priority) as department
    from worded
    inner join {{ ref('title_department') }} as patterns on worded.words like patterns.pattern
    group by worded.title

)

select
    worded.title,
    seniorities.seniority,
    departments.department
from worded
left join seniorities on worded.title = seniorities.title
left join departments on worded.title = departments.title
