-- What each person did on each day, counted by kind. Windows end at midnight, so days lose nothing and are far fewer than touches.
{% set measures = {
    'engagements': "is_engagement",
    'web_visits': "activity_type = 'web_visit'",
    'email_opens': "activity_type = 'email_open' and is_engagement",
    'email_clicks': "activity_type = 'email_click' and is_engagement",
    'emails_delivered': "activity_type = 'email_delivered'",
    'email_bounces': "activity_type in ('email_bounce', 'email_soft_bounce')",
    'unsubscribes': "activity_type = 'unsubscribe'",
    'form_fills': "activity_type = 'form_fill'",
    'pricing_visits': "asset_type = 'pricing' and is_engagement",
    'demo_requests': "asset_type in ('demo_request', 'contact_sales') and is_engagement",
    'comparison_visits': "asset_type = 'comparison' and is_engagement",
    'documentation_visits': "asset_type in ('documentation', 'integration') and is_engagement",
    'case_study_views': "asset_type = 'case_study' and is_engagement",
    'whitepaper_downloads': "asset_type = 'whitepaper' and is_engagement",
    'ai_content_views': "asset_type = 'ai_content' and is_engagement",
    'solution_fit_touches': "is_solution_fit and is_engagement",
    'decision_touches': "content_stage = 'decision' and is_engagement",
    'consideration_touches': "content_stage = 'consideration' and is_engagement",
    'sales_calls': "activity_type in ('call_attempted', 'call_answered')",
    'calls_answered': "activity_type = 'call_answered'",
    'sales_emails': "activity_type = 'sales_email'",
    'sales_email_responses': "activity_type in ('sales_email_open', 'sales_email_click')",
    'meetings': "activity_type = 'meeting'"
} %}

select
    lead_id,
    cast(occurred_at as date) as day,
    {% for name, condition in measures.items() %}
        cast(count(case when {{ condition }} then 1 end) as integer) as {{ name }},
    {% endfor %}
    -- Two systems may record one attendance: what counts is that it happened that day.
    max(case when activity_type = 'webinar_attended' then 1 else 0 end) as webinars_attended,
    max(case when activity_type = 'event_attended' then 1 else 0 end) as events_attended,
    cast({{ exact_sum('case when is_engagement then depth_weight else 0 end') }} as integer) as content_depth
from {{ ref('fct_activities') }}
where activity_type not in ('email_sent', 'lead_created', 'interesting_moment', 'sales_task')
group by lead_id, cast(occurred_at as date)
