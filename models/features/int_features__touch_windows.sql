-- How often and how recently, by kind of touch, in windows that end where as_of begins.
{% set windows = {
    'engagements': [7, 30, 90, 365],
    'web_visits': [7, 30, 90, 365],
    'email_opens': [30, 90],
    'email_clicks': [7, 30, 90, 365],
    'emails_delivered': [90],
    'email_bounces': [365],
    'unsubscribes': [365],
    'form_fills': [7, 30, 90, 365],
    'pricing_visits': [7, 30, 90],
    'demo_requests': [30, 90],
    'comparison_visits': [7, 30, 90],
    'documentation_visits': [30, 90],
    'case_study_views': [30, 90],
    'whitepaper_downloads': [90],
    'ai_content_views': [30, 90],
    'solution_fit_touches': [30, 90],
    'decision_touches': [30, 90],
    'consideration_touches': [30, 90],
    'content_depth': [7, 30, 90, 365],
    'webinars_attended': [30, 90, 365],
    'events_attended': [90, 365],
    'sales_calls': [30, 90],
    'calls_answered': [30, 90],
    'sales_emails': [30, 90],
    'sales_email_responses': [30, 90],
    'meetings': [30, 90]
} %}
{% set recencies = {
    'engagement': 'engagements',
    'web_visit': 'web_visits',
    'email_click': 'email_clicks',
    'form_fill': 'form_fills',
    'pricing_visit': 'pricing_visits',
    'answered_call': 'calls_answered'
} %}

with aged as (

    -- The day before as_of is one day old.
    select
        spine.lead_id,
        spine.as_of,
        {{ dbt.datediff('daily.day', 'spine.as_of', 'day') }} as age,
        daily.* exclude (lead_id) -- noqa: RF02
    from {{ ref('feat_spine') }} as spine
    left join {{ ref('int_features__daily') }} as daily
        on spine.lead_id = daily.lead_id
        and daily.day < spine.as_of
        and daily.day >= {{ days_before('spine.as_of', 365) }}

)

select
    lead_id,
    as_of,
    {% for measure, lengths in windows.items() %}
        {% for days in lengths %}
            {% set touches = 'case when age <= ' ~ days ~ ' then ' ~ measure ~ ' end' %}
            cast(coalesce({{ exact_sum(touches) }}, 0) as integer) as {{ measure }}_{{ days }}d,
        {% endfor %}
    {% endfor %}
    {% for name, measure in recencies.items() %}
        cast(min(case when {{ measure }} > 0 then age end) as integer) as days_since_last_{{ name }},
    {% endfor %}
    cast(count(case when engagements > 0 and age <= 30 then 1 end) as integer) as active_days_30d,
    cast(count(case when engagements > 0 and age <= 90 then 1 end) as integer) as active_days_90d,
    cast(count(case when engagements > 0 then 1 end) as integer) as active_days_365d
from aged
group by lead_id, as_of
