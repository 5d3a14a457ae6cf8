-- Which Marketo lead went into which: activities keep the id of the lead they were made with.
with source as (

    select * from {{ read_source('marketo', 'activity_merge_leads') }}

),

named as (

    {{ spread_numbers('source', keep=['id', 'lead_id', 'activity_date'], text='merge_ids', name='merged_id') }}

)

select
    'marketo.lead:' || merged_id as merged_record_id,
    'marketo.lead:' || lead_id as surviving_record_id,
    activity_date as merged_at
from named
where merged_id <> lead_id
-- A log that names a lead twice is believed in its last word.
qualify row_number() over (partition by merged_id order by activity_date desc nulls last, id desc nulls last) = 1
