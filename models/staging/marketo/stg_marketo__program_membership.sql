-- Who is in which program. A success after as_of is not known yet, nor is the status it brought.
with source as (

    select * from {{ read_source('marketo', 'program_membership') }}

)

select
    -- ids
    cast(program_id as varchar) || '-' || cast(id as varchar) as program_membership_id,
    program_id,
    id as marketo_lead_id,

    -- how far
    case when coalesce(reached_success_date < {{ as_of_timestamp() }}, true) then progression_status end as progression_status,
    coalesce(reached_success and reached_success_date < {{ as_of_timestamp() }}, false) as reached_success,

    -- when
    membership_date as membership_at,
    case when reached_success_date < {{ as_of_timestamp() }} then reached_success_date end as success_at

from source
where {{ is_live('_fivetran_deleted', '_fivetran_synced') }}
