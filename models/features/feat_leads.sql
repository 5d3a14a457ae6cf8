-- Everything a model may know about a lead at a moment: one row per lead and as_of, one column per feature of the catalogue.
select
    profiles.lead_id,
    profiles.as_of,

    -- behaviour
    windows.* exclude (lead_id, as_of), -- noqa: RF02
    cast(windows.email_opens_90d as double) / nullif(windows.emails_delivered_90d, 0) as email_open_rate_90d,
    cast(windows.email_clicks_90d as double) / nullif(windows.emails_delivered_90d, 0) as email_click_rate_90d,
    case when windows.pricing_visits_7d > 0 and windows.comparison_visits_7d > 0 then 1 else 0 end as pricing_and_comparison_7d,
    case when windows.webinars_attended_30d > 0 and windows.pricing_visits_30d > 0 then 1 else 0 end as webinar_and_pricing_30d,
    rhythm.intent_velocity,
    rhythm.engagement_decayed,
    rhythm.engagement_burst,
    rhythm.engagement_trend,
    cast(rhythm.engaged_weeks_12w as integer) as engaged_weeks_12w,

    -- intent
    intent.surge_score,
    cast(coalesce(intent.surging_topics_14d, 0) as integer) as surging_topics_14d,
    intent.surge_change_28d,
    intent.ai_surge_score,
    coalesce(intent.g2_signals_30d, 0) as g2_signals_30d,
    coalesce(intent.g2_profile_90d, 0) as g2_profile_90d,
    coalesce(intent.g2_pricing_90d, 0) as g2_pricing_90d,
    coalesce(intent.g2_compare_90d, 0) as g2_compare_90d,
    coalesce(intent.g2_category_90d, 0) as g2_category_90d,

    -- relationship: what others at the company did, the lead's own part taken out
    cast(
        coalesce(accounts.people_14d, 0) - {{ own_part('accounts.people_14d', 'windows.days_since_last_engagement', 14) }} as integer
    ) as other_people_14d,
    cast(
        coalesce(accounts.people_30d, 0) - {{ own_part('accounts.people_30d', 'windows.days_since_last_engagement', 30) }} as integer
    ) as other_people_30d,
    cast(coalesce(accounts.departments_14d, 0) as integer) as departments_14d,
    cast(coalesce(accounts.departments_30d, 0) as integer) as departments_30d,
    cast(greatest(coalesce(people.known_people, 0) - 1, 0) as integer) as known_colleagues,
    {% for days in (7, 30, 90) %}
        cast(
            greatest(coalesce(accounts.engagements_{{ days }}d, 0) - windows.engagements_{{ days }}d, 0) as integer
        ) as others_engagements_{{ days }}d,
    {% endfor %}
    cast(greatest(coalesce(accounts.pricing_visits_30d, 0) - windows.pricing_visits_30d, 0) as integer) as others_pricing_visits_30d,
    cast(greatest(coalesce(accounts.decision_touches_30d, 0) - windows.decision_touches_30d, 0) as integer) as others_decision_touches_30d,

    -- fit
    profiles.seniority,
    profiles.department,
    coalesce(profiles.country, companies.country) as country,
    companies.industry,
    cast(companies.employee_count as double) as employee_count,
    cast(companies.annual_revenue as double) as annual_revenue,
    profiles.lead_source,
    first_touches.first_touch_asset,
    first_touches.first_touch_type,
    cast(profiles.has_work_email as integer) as has_work_email,
    cast(profiles.has_phone as integer) as has_phone,
    cast(profiles.source_records as integer) as source_records,
    cast(profiles.lead_age_days as integer) as lead_age_days
from {{ ref('int_features__profile') }} as profiles
inner join {{ ref('int_features__touch_windows') }} as windows on profiles.lead_id = windows.lead_id and profiles.as_of = windows.as_of
inner join {{ ref('int_features__rhythm') }} as rhythm on profiles.lead_id = rhythm.lead_id and profiles.as_of = rhythm.as_of
left join {{ ref('int_features__company') }} as companies
    on profiles.account_key = companies.account_key and profiles.as_of = companies.as_of
left join {{ ref('int_features__account_windows') }} as accounts
    on profiles.account_key = accounts.account_key and profiles.as_of = accounts.as_of
left join {{ ref('int_features__account_people') }} as people
    on profiles.account_key = people.account_key and profiles.as_of = people.as_of
left join {{ ref('int_features__intent_windows') }} as intent
    on profiles.account_key = intent.account_key and profiles.as_of = intent.as_of
left join {{ ref('int_features__first_touch') }} as first_touches
    on profiles.lead_id = first_touches.lead_id and first_touches.first_touched_at < cast(profiles.as_of as datetime)
