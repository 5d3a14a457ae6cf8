-- Who the lead was at the time: for each field the word of the record that stood for the person then.
select
    spine.lead_id,
    spine.as_of,
    {{ survivor(
        'account_key', 'records', 'case when records.account_known_at < cast(spine.as_of as datetime) then records.account_key end'
    ) }} as account_key,
    {{ survivor('seniority', 'records') }} as seniority,
    {{ survivor('department', 'records') }} as department,
    {{ survivor('country', 'records') }} as country,
    {{ survivor('lead_source', 'records') }} as lead_source,
    max(case when records.has_work_email then 1 else 0 end) as has_work_email,
    max(case when records.phone is not null then 1 else 0 end) as has_phone,
    count(*) as source_records,
    {{ dbt.datediff('min(cast(records.created_at as date))', 'spine.as_of', 'day') }} as lead_age_days
from {{ ref('feat_spine') }} as spine
inner join {{ ref('int_identity__lead_records') }} as records
    on spine.lead_id = records.lead_id and records.created_at < cast(spine.as_of as datetime)
group by spine.lead_id, spine.as_of
