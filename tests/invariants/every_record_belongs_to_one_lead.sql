-- Every living person record belongs to exactly one lead, and every lead has a living record.
with belonging as (

    select
        records.record_id,
        count(source_records.lead_id) as n_leads
    from {{ ref('int_identity__records') }} as records
    left join {{ ref('lead_source_records') }} as source_records on records.record_id = source_records.record_id
    group by records.record_id

),

living as (

    select
        lead_id,
        sum(case when is_merged_away then 0 else 1 end) as n_records
    from {{ ref('lead_source_records') }}
    group by lead_id

)

select 'record ' || record_id as offender, n_leads as n
from belonging
where n_leads != 1

union all

select 'lead ' || leads.lead_id as offender, coalesce(living.n_records, 0) as n
from {{ ref('dim_leads') }} as leads
full join living on leads.lead_id = living.lead_id
where coalesce(living.n_records, 0) != leads.source_record_count or leads.lead_id is null
