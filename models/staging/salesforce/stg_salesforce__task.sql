-- Calls, emails and other things sales did; what is still to do says nothing yet.
with source as (

    select
        *,
        coalesce(completed_date_time, cast(activity_date as datetime), created_date) as occurred_at
    from {{ read_source('salesforce', 'task') }}

)

select
    -- ids
    id as task_id,
    who_id,
    account_id,
    owner_id,

    -- what was done
    subject,
    task_subtype,
    type as task_type,
    status,
    call_disposition,
    call_type,
    call_duration_in_seconds as call_duration_seconds,

    -- when
    created_date as created_at,
    occurred_at

from source
where
    coalesce(is_closed, completed_date_time is not null or lower(status) = 'completed')
    and occurred_at < {{ as_of_timestamp() }}
    and {{ is_live('is_deleted', 'last_modified_date') }}
