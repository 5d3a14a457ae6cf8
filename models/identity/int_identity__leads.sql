-- One row per person: for each field the word of the best-ranked record that has one.
select
    lead_id,
    {{ best_known('account_key') }} as account_key,
    {{ entity_id(best_known('account_key')) }} as account_id,
    {{ best_known('email') }} as email,
    {{ best_known('first_name') }} as first_name,
    {{ best_known('last_name') }} as last_name,
    {{ best_known('title') }} as title,
    {{ best_known('seniority') }} as seniority,
    {{ best_known('department') }} as department,
    {{ best_known('phone') }} as phone,
    {{ best_known('company_name') }} as company_name,
    {{ best_known('country') }} as country,
    {{ best_known('lead_source', 'age_rank') }} as lead_source,
    min(created_at) as created_at,
    count(*) as source_record_count,
    max(case when has_opted_out then 1 else 0 end) = 1 as has_opted_out
from {{ ref('int_identity__lead_records') }}
group by lead_id
