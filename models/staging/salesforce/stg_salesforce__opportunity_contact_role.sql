-- Who takes part in which opportunity: the way from an opportunity back to its people.
with source as (

    select * from {{ read_source('salesforce', 'opportunity_contact_role') }}

)

select
    id as opportunity_contact_role_id,
    opportunity_id,
    contact_id as salesforce_contact_id,
    role,
    coalesce(is_primary, false) as is_primary,
    created_date as created_at
from source
where {{ is_live('is_deleted', 'last_modified_date') }}
