-- The leads to score with what their momentum is made of: the engagements of twelve weeks.
{{ config(materialized='view') }}

select
    {% for week in range(1, 13) %}
        weeks.week_{{ week }},
    {% endfor %}
    features.*
from {{ ref('int_scoring__rows') }} as features
inner join {{ ref('int_features__weekly_touches') }} as weeks on features.lead_id = weeks.lead_id and features.as_of = weeks.as_of
