-- Leads that stand in the CRM. What a conversion after as_of wrote into them is not known yet.
with source as (

    select * from {{ read_source('salesforce', 'lead') }}

)

select
    -- ids
    id as salesforce_lead_id,
    owner_id,
    case when converted_date < {{ as_of_timestamp() }} then converted_contact_id end as converted_contact_id,
    case when converted_date < {{ as_of_timestamp() }} then converted_account_id end as converted_account_id,
    case when converted_date < {{ as_of_timestamp() }} then converted_opportunity_id end as converted_opportunity_id,

    -- the person
    email,
    first_name,
    last_name,
    title,
    phone,
    mobile_phone,
    street,
    city,
    postal_code,
    coalesce(has_opted_out_of_email, false) as has_opted_out,

    -- the company
    company as company_name,
    website,
    industry,
    number_of_employees as employee_count,
    annual_revenue,
    country,
    lead_source,

    -- when
    created_date as created_at,
    last_modified_date as updated_at,
    case when converted_date < {{ as_of_timestamp() }} then converted_date end as converted_at

from source
where {{ is_live('is_deleted or master_record_id is not null', 'last_modified_date') }}
