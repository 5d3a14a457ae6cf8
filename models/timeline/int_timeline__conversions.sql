-- When each person first converted, by each of the three meanings of the word that conversion_event may choose.
with opportunity_people as (

    select
        source_records.lead_id,
        roles.opportunity_id
    from {{ ref('stg_salesforce__opportunity_contact_role') }} as roles
    inner join {{ ref('lead_source_records') }} as source_records
        on 'salesforce.contact:' || roles.salesforce_contact_id = source_records.record_id

    union

    select
        source_records.lead_id,
        leads.converted_opportunity_id
    from {{ ref('stg_salesforce__lead') }} as leads
    inner join {{ ref('lead_source_records') }} as source_records
        on 'salesforce.lead:' || leads.salesforce_lead_id = source_records.record_id
    where leads.converted_opportunity_id is not null

    union

    select
        source_records.lead_id,
        opportunities.opportunity_id
    from {{ ref('stg_salesforce__opportunity') }} as opportunities
    inner join {{ ref('lead_source_records') }} as source_records
        on 'salesforce.contact:' || opportunities.contact_id = source_records.record_id

),

events as (

    select people.lead_id, 'opportunity_created' as conversion_event, opportunities.created_at as converted_at
    from opportunity_people as people
    inner join {{ ref('stg_salesforce__opportunity') }} as opportunities on people.opportunity_id = opportunities.opportunity_id

    union all

    select people.lead_id, 'opportunity_won', cast(opportunities.closed_on as datetime)
    from opportunity_people as people
    inner join {{ ref('stg_salesforce__opportunity') }} as opportunities on people.opportunity_id = opportunities.opportunity_id
    where opportunities.is_won

    union all

    select source_records.lead_id, 'lead_converted', leads.converted_at
    from {{ ref('stg_salesforce__lead') }} as leads
    inner join {{ ref('lead_source_records') }} as source_records
        on 'salesforce.lead:' || leads.salesforce_lead_id = source_records.record_id
    where leads.converted_at is not null

)

select
    lead_id,
    conversion_event,
    min(converted_at) as converted_at
from events
group by lead_id, conversion_event
