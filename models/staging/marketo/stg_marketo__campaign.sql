-- Smart campaigns, the link from an activity to its program.
with source as (

    select * from {{ read_source('marketo', 'campaign') }}

)

select
    id as campaign_id,
    name as campaign_name,
    program_id,
    created_at
from source
where {{ is_live('_fivetran_deleted', '_fivetran_synced') }}
