-- The people who work the leads: owners of records, callers of calls.
with source as (

    select * from {{ read_source('salesforce', 'user') }}

)

select
    id as user_id,
    name as user_name,
    email,
    title,
    department as department_name,
    time_zone_sid_key as time_zone,
    coalesce(is_active, true) as is_active,
    manager_id,
    created_date as created_at
from source
where {{ is_live('_fivetran_deleted', '_fivetran_synced') }}
