-- Person records that a system merged into another: they are gone there, but their touches still carry the old id.
select merged_record_id, surviving_record_id, merged_at
from {{ ref('stg_marketo__activity_merge_leads') }}

union all

select merged_record_id, surviving_record_id, merged_at
from {{ ref('stg_salesforce__merge') }}
where salesforce_object in ('lead', 'contact')
