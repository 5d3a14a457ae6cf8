-- Deletions, so that a lead is gone from the day it was deleted on.
with source as (

    select * from {{ read_source('marketo', 'activity_delete_lead') }}

)

select
    id as activity_id,
    lead_id as marketo_lead_id,
    activity_date as occurred_at
from source
