-- People marketing knows. A lead deleted, or merged into another, before as_of is gone; one that went later still stands.
with source as (

    select * from {{ read_source('marketo', 'lead') }}

),

deletions as (

    select lead_id from {{ read_source('marketo', 'activity_delete_lead') }}

),

mergers as (

    select lead_id, merge_ids from {{ read_source('marketo', 'activity_merge_leads') }}

),

named as (

    {{ spread_numbers('mergers', keep=['lead_id'], text='merge_ids', name='merged_id') }}

),

gone as (

    select lead_id from deletions
    union all
    select merged_id as lead_id from named where merged_id <> lead_id

)

select
    -- ids
    source.id as marketo_lead_id,
    source.sfdc_lead_id as salesforce_lead_id,
    source.sfdc_contact_id as salesforce_contact_id,
    source.sfdc_account_id as salesforce_account_id,

    -- the person
    source.email,
    source.first_name,
    source.last_name,
    source.title,
    coalesce(source.phone, source.main_phone) as phone,
    source.mobile_phone,
    source.date_of_birth as birth_date,
    source.address as street,
    source.city,
    source.postal_code,
    coalesce(source.unsubscribed, false) as has_opted_out,
    coalesce(source.email_invalid, false) as is_email_invalid,

    -- the company
    source.company as company_name,
    source.website,
    source.industry,
    source.number_of_employees as employee_count,
    source.annual_revenue,
    coalesce(source.country, source.inferred_country) as country,
    source.lead_source,
    source.original_source_type,

    -- when
    source.created_at,
    source.updated_at

from source
left join gone on source.id = gone.lead_id
where
    gone.lead_id is null
    and {{ is_live('source._fivetran_deleted', 'coalesce(source._fivetran_synced, source.updated_at)') }}
