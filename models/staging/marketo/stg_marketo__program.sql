-- Programs: what a status change was a status of.
with source as (

    select * from {{ read_source('marketo', 'program') }}

)

select
    id as program_id,
    name as program_name,
    channel,
    type as program_type,
    created_at
from source
where {{ is_live('_fivetran_deleted', '_fivetran_synced') }}
