-- People at accounts, as the CRM knows them.
with source as (

    select * from {{ read_source('salesforce', 'contact') }}

)

select
    -- ids
    id as salesforce_contact_id,
    account_id as salesforce_account_id,
    owner_id,

    -- the person
    email,
    first_name,
    last_name,
    title,
    department as department_name,
    phone,
    mobile_phone,
    birthdate as birth_date,
    mailing_street as street,
    mailing_city as city,
    mailing_postal_code as postal_code,
    coalesce(has_opted_out_of_email, false) as has_opted_out,
    mailing_country as country,
    lead_source,

    -- when
    created_date as created_at,
    last_modified_date as updated_at

from source
where {{ is_live('is_deleted or master_record_id is not null', 'last_modified_date') }}
