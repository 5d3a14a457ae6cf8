-- Engagements in each of the twelve weeks before as_of, week 1 the last: the shape from which rhythm is read.
with aged as (

    select
        spine.lead_id,
        spine.as_of,
        {{ dbt.datediff('daily.day', 'spine.as_of', 'day') }} as age,
        daily.engagements
    from {{ ref('feat_spine') }} as spine
    left join {{ ref('int_features__daily') }} as daily
        on spine.lead_id = daily.lead_id
        and daily.day < spine.as_of
        and daily.day >= {{ days_before('spine.as_of', 84) }}

)

select
    {% for week in range(1, 13) %}
        {% set touches = 'case when age > ' ~ 7 * (week - 1) ~ ' and age <= ' ~ 7 * week ~ ' then engagements end' %}
        cast(coalesce({{ exact_sum(touches) }}, 0) as integer) as week_{{ week }},
    {% endfor %}
    lead_id,
    as_of
from aged
group by lead_id, as_of
