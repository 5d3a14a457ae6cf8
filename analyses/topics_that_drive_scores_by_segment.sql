-- Which topics move the scores of open leads, by size of company: average points of a topic's features together, and how far they spread.
with by_lead as (

    select
        contributions.lead_id,
        catalogue.topic,
        sum(contributions.points) as points
    from {{ ref('ml_lead_contributions') }} as contributions
    inner join {{ ref('feature_catalogue') }} as catalogue on contributions.feature = catalogue.feature
    group by contributions.lead_id, catalogue.topic

)

select
    coalesce(accounts.segment, 'no company') as segment,
    by_lead.topic,
    round(avg(by_lead.points), 1) as mean_points,
    round(avg(abs(by_lead.points)), 1) as mean_size,
    round(max(by_lead.points), 1) as highest_points,
    round(min(by_lead.points), 1) as lowest_points
from by_lead
inner join {{ ref('dim_leads') }} as leads on by_lead.lead_id = leads.lead_id
left join {{ ref('dim_accounts') }} as accounts on leads.account_id = accounts.account_id
group by coalesce(accounts.segment, 'no company'), by_lead.topic
order by segment, mean_size desc
