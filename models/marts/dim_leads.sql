-- The people: one row per person, united from every system that knows them.
select
    leads.lead_id,
    accounts.account_id,
    leads.email,
    leads.first_name,
    leads.last_name,
    leads.title,
    leads.seniority,
    leads.department,
    leads.phone,
    leads.company_name,
    leads.country,
    leads.lead_source,
    leads.created_at,
    cast(leads.source_record_count as integer) as source_record_count,
    leads.has_opted_out,
    conversions.converted_at
from {{ ref('int_identity__leads') }} as leads
left join {{ ref('int_identity__accounts') }} as accounts on leads.account_key = accounts.account_key
left join {{ ref('int_timeline__conversions') }} as conversions
    on leads.lead_id = conversions.lead_id and conversions.conversion_event = '{{ setting("conversion_event") }}'
