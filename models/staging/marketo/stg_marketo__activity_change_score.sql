-- Changes of Marketo's own scores, to compare with ours.
with source as (

    select * from {{ read_source('marketo', 'activity_change_score') }}

)

select
    -- ids
    id as activity_id,
    lead_id as marketo_lead_id,
    campaign_id,

    -- the score
    primary_attribute_value as score_name,
    old_value,
    new_value,

    -- when
    activity_date as occurred_at

from source
