-- Leads that Marketo saw converted in the CRM.
with source as (

    select * from {{ read_source('marketo', 'activity_convert_lead') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- when
    activity_date as occurred_at

from source
