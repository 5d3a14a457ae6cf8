-- Who was in which campaign, and who responded. What was entered after as_of is not known yet.
with source as (

    select
        *,
        coalesce(first_responded_date < {{ as_of_date() }}, false) as responded_by_then,
        coalesce(last_modified_date >= {{ as_of_timestamp() }}, false) as changed_since
    from {{ read_source('salesforce', 'campaign_member') }}

)

select
    -- ids
    id as campaign_member_id,
    campaign_id,
    lead_id as salesforce_lead_id,
    contact_id as salesforce_contact_id,

    -- the response
    case when responded_by_then or (first_responded_date is null and not changed_since) then status end as member_status,
    coalesce(has_responded, false) and responded_by_then as has_responded,

    -- when
    created_date as created_at,
    case when responded_by_then then cast(first_responded_date as datetime) end as responded_at

from source
where {{ is_live('is_deleted', 'last_modified_date') }}
