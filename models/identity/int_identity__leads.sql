-- One row per person: for each field the word of the record that survivorship_rules names, of those that have one.
select
    records.lead_id,
    {{ survivor('account_key', 'records') }} as account_key,
    {{ entity_id(survivor('account_key', 'records')) }} as account_id,
    {{ survivor('email', 'records') }} as email,
    {{ survivor('first_name', 'records') }} as first_name,
    {{ survivor('last_name', 'records') }} as last_name,
    {{ survivor('title', 'records') }} as title,
    {{ survivor('seniority', 'records') }} as seniority,
    {{ survivor('department', 'records') }} as department,
    {{ survivor('phone', 'records') }} as phone,
    {{ survivor('company_name', 'records') }} as company_name,
    {{ survivor('country', 'records') }} as country,
    {{ survivor('lead_source', 'records') }} as lead_source,
    min(records.created_at) as created_at,
    count(*) as source_record_count,
    max(case when records.has_opted_out then 1 else 0 end) = 1 as has_opted_out
from {{ ref('int_identity__lead_records') }} as records
group by records.lead_id
