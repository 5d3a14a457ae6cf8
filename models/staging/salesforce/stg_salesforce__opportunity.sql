-- Opportunities, whose opening or winning may be what counts as a conversion. One closed after as_of is still open.
with source as (

    select
        *,
        coalesce(is_closed, is_won, false) as has_ended,
        coalesce(close_date < {{ as_of_date() }}, false) as is_due
    from {{ read_source('salesforce', 'opportunity') }}

)

select
    -- ids
    id as opportunity_id,
    account_id as salesforce_account_id,
    contact_id,
    owner_id,

    -- the opportunity
    name as opportunity_name,
    case when is_due or not has_ended then stage_name end as stage_name,
    lead_source,
    amount,
    has_ended and is_due as is_closed,
    coalesce(is_won, false) and has_ended and is_due as is_won,

    -- when
    created_date as created_at,
    case when has_ended and is_due then close_date end as closed_on

from source
where {{ is_live('is_deleted', 'last_modified_date') }}
