-- The living records of each person, best first, and the company each of them points to: by work address, then website, then CRM
-- account, then name. Rank and company depend on nothing that was written after the record was made, or say since when they were known,
-- so they may serve features of any past day.
select
    records.record_id,
    source_records.lead_id,
    row_number() over (
        partition by source_records.lead_id
        order by records.trust_rank, records.created_at desc nulls last, records.record_id
    ) as survivorship_rank,
    row_number() over (partition by source_records.lead_id order by records.created_at desc nulls last, records.record_id) as recency_rank,
    row_number() over (
        partition by source_records.lead_id
        order by
            case when length(records.first_name) > 1 then 0 else 1 end + case when records.last_name is not null then 0 else 1 end,
            records.trust_rank,
            records.created_at desc nulls last,
            records.record_id
    ) as completeness_rank,
    row_number() over (partition by source_records.lead_id order by records.created_at, records.record_id) as age_rank,
    case
        when mail.is_free_mail = false then 'domain:' || mail.domain
        when site.is_free_mail = false then 'domain:' || site.domain
        when crm_accounts.account_key is not null then crm_accounts.account_key
        else coalesce(matches.account_key, 'name:' || names.name)
    end as account_key,
    case
        when mail.is_free_mail = false or site.is_free_mail = false or crm_accounts.account_key is not null then records.created_at
        else greatest(records.created_at, coalesce(matches.known_at, records.created_at))
    end as account_known_at,
    mail.is_free_mail = false as has_work_email,
    records.email,
    records.first_name,
    records.last_name,
    records.title,
    records.seniority,
    records.department,
    records.phone,
    records.company_name,
    records.industry,
    records.employee_count,
    records.annual_revenue,
    records.country,
    records.lead_source,
    records.has_opted_out,
    records.created_at
from {{ ref('int_identity__records') }} as records
inner join {{ ref('lead_source_records') }} as source_records on records.record_id = source_records.record_id
left join {{ ref('int_identity__domains') }} as mail on split_part(records.email, '@', 2) = mail.site
left join {{ ref('int_identity__domains') }} as site on records.website = site.site
left join {{ ref('int_identity__crm_accounts') }} as crm_accounts
    on records.source_object = 'contact' and records.salesforce_account_id = crm_accounts.salesforce_account_id
left join {{ ref('int_identity__company_names') }} as names on records.company_name = names.written_name
left join {{ ref('int_identity__company_matches') }} as matches
    on names.name = matches.name and coalesce(records.country, '') = matches.country
