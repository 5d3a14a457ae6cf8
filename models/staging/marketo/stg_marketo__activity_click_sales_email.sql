-- Links clicked in emails a salesperson wrote.
with source as (

    select * from {{ read_source('marketo', 'activity_click_sales_email') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the email
    primary_attribute_value as email_name,
    sent_by,
    link,

    -- when
    activity_date as occurred_at

from source
