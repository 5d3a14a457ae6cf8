-- Who was united and who was parted since the run before: one row per person of then and of now that share records and are not just the
-- same. Whoever keeps ids elsewhere, such as the CRM sync, follows them here.
with days as (

    select max(as_of) as previous_as_of
    from {{ ref('int_identity__record_history') }}
    where as_of < {{ as_of_date() }}

),

shared as (

    select
        days.previous_as_of,
        earlier.lead_id as previous_lead_id,
        today.lead_id,
        count(*) as record_count,
        min(today.record_id) as example_record_id
    from {{ ref('int_identity__record_history') }} as today
    inner join days on today.as_of = {{ as_of_date() }}
    inner join {{ ref('int_identity__record_history') }} as earlier
        on today.record_id = earlier.record_id and days.previous_as_of = earlier.as_of
    group by days.previous_as_of, earlier.lead_id, today.lead_id

),

counted as (

    select
        *,
        count(*) over (partition by lead_id) as previous_persons,
        count(*) over (partition by previous_lead_id) as persons
    from shared

)

select
    previous_lead_id,
    lead_id,
    previous_as_of,
    {{ as_of_date() }} as as_of,
    case
        when persons > 1 and previous_persons > 1 then 'moved'
        when persons > 1 then 'split'
        when previous_persons > 1 then 'merged'
        else 'renamed'
    end as change,
    cast(record_count as integer) as record_count,
    example_record_id
from counted
where persons > 1 or previous_persons > 1 or previous_lead_id != lead_id
