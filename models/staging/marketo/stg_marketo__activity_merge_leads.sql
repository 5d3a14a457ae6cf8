-- Which Marketo lead went into which: activities keep the id of the lead they were made with.
with source as (

    select * from {{ read_source('marketo', 'activity_merge_leads') }}

)

select
    'marketo.lead:' || merged.value as merged_record_id,
    'marketo.lead:' || source.lead_id as surviving_record_id,
    source.activity_date as merged_at
from source
cross join {{ numbers_in('source.merge_ids', alias='merged') }}
where merged.value <> source.lead_id
-- A log that names a lead twice is believed in its last word.
qualify row_number() over (partition by merged.value order by source.activity_date desc, source.id desc) = 1
