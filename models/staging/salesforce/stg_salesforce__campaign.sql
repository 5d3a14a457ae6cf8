-- Campaigns: what a membership was a membership of.
with source as (

    select * from {{ read_source('salesforce', 'campaign') }}

)

select
    id as campaign_id,
    name as campaign_name,
    type as campaign_type,
    start_date as started_on,
    created_date as created_at
from source
where {{ is_live('is_deleted', 'last_modified_date') }}
