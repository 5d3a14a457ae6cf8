-- Every person record of every source in one shape, its vocabularies made common. Test records and own staff stay out.
with all_records as (

    select
        'marketo.lead:' || marketo_lead_id as record_id,
        'marketo' as source_system,
        'lead' as source_object,
        marketo_lead_id as source_id,
        3 as trust_rank,
        email, first_name, last_name, title, cast(null as varchar) as department_name, phone, mobile_phone,
        company_name, website, industry, employee_count, annual_revenue, country, lead_source,
        salesforce_account_id, street, city, postal_code, birth_date, has_opted_out, created_at
    from {{ ref('stg_marketo__lead') }}

    union all

    select
        'salesforce.lead:' || salesforce_lead_id as record_id,
        'salesforce' as source_system,
        'lead' as source_object,
        salesforce_lead_id as source_id,
        2 as trust_rank,
        email, first_name, last_name, title, null as department_name, phone, mobile_phone,
        company_name, website, industry, employee_count, annual_revenue, country, lead_source,
        null as salesforce_account_id, street, city, postal_code, null as birth_date, has_opted_out, created_at
    from {{ ref('stg_salesforce__lead') }}

    union all

    select
        'salesforce.contact:' || salesforce_contact_id as record_id,
        'salesforce' as source_system,
        'contact' as source_object,
        salesforce_contact_id as source_id,
        1 as trust_rank,
        email, first_name, last_name, title, department_name, phone, mobile_phone,
        null as company_name, null as website, null as industry, null as employee_count, null as annual_revenue, country, lead_source,
        salesforce_account_id, street, city, postal_code, birth_date, has_opted_out, created_at
    from {{ ref('stg_salesforce__contact') }}

),

excluded as (

    select distinct all_records.record_id
    from all_records
    inner join {{ ref('excluded_records') }} as rules
        on (rules.field = 'email' and lower(all_records.email) like rules.pattern)
        or (rules.field = 'company_name' and lower(all_records.company_name) like rules.pattern)
        or (rules.field = 'last_name' and lower(all_records.last_name) like rules.pattern)
        or (rules.field = 'full_name' and lower(all_records.first_name || ' ' || all_records.last_name) like rules.pattern)

)

select
    all_records.record_id,
    all_records.source_system,
    all_records.source_object,
    all_records.source_id,
    all_records.trust_rank,
    {{ normalise_email('all_records.email') }} as email,
    all_records.first_name,
    all_records.last_name,
    all_records.title,
    titles.seniority,
    coalesce(titles.department, lower(all_records.department_name)) as department,
    coalesce(all_records.phone, all_records.mobile_phone) as phone,
    all_records.mobile_phone,
    all_records.birth_date,
    all_records.street,
    all_records.city,
    all_records.postal_code,
    all_records.company_name,
    all_records.website,
    industries.industry,
    all_records.employee_count,
    all_records.annual_revenue,
    countries.country,
    all_records.lead_source,
    all_records.salesforce_account_id,
    all_records.has_opted_out,
    all_records.created_at
from all_records
left join excluded on all_records.record_id = excluded.record_id
left join {{ ref('int_identity__titles') }} as titles on all_records.title = titles.title
left join {{ ref('int_identity__industries') }} as industries on all_records.industry = industries.written_industry
left join {{ ref('int_identity__countries') }} as countries on all_records.country = countries.written_country
where excluded.record_id is null
