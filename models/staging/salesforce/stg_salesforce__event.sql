-- Meetings that took place; those still to come, and the copies invitees get of a group event, are left out.
with source as (

    select
        *,
        coalesce(start_date_time, activity_date_time, cast(activity_date as datetime)) as occurred_at
    from {{ read_source('salesforce', 'event') }}

)

select
    -- ids
    id as event_id,
    who_id,
    account_id,
    owner_id,

    -- the meeting
    subject,
    coalesce(type, event_subtype) as event_type,
    duration_in_minutes as duration_minutes,

    -- when
    created_date as created_at,
    occurred_at

from source
where
    not coalesce(is_child, false)
    and occurred_at < {{ as_of_timestamp() }}
    and {{ is_live('is_deleted', 'last_modified_date') }}
