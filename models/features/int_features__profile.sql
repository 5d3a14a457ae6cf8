-- Who the lead was at the time: for each field the word of the best record that existed then.
select
    spine.lead_id,
    spine.as_of,
    {{ best_known(
        'case when records.account_known_at < cast(spine.as_of as datetime) then records.account_key end', 'records.survivorship_rank'
    ) }} as account_key,
    {{ best_known('records.seniority', 'records.survivorship_rank') }} as seniority,
    {{ best_known('records.department', 'records.survivorship_rank') }} as department,
    {{ best_known('records.country', 'records.survivorship_rank') }} as country,
    {{ best_known('records.lead_source', 'records.age_rank') }} as lead_source,
    max(case when records.has_work_email then 1 else 0 end) as has_work_email,
    max(case when records.phone is not null then 1 else 0 end) as has_phone,
    count(*) as source_records,
    {{ dbt.datediff('min(cast(records.created_at as date))', 'spine.as_of', 'day') }} as lead_age_days
from {{ ref('feat_spine') }} as spine
inner join {{ ref('int_identity__lead_records') }} as records
    on spine.lead_id = records.lead_id and records.created_at < cast(spine.as_of as datetime)
group by spine.lead_id, spine.as_of
