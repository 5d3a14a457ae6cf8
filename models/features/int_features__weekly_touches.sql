-- Engagements in each of the twelve weeks before as_of, week 1 the last: the shape from which rhythm is read.
select
    spine.lead_id,
    spine.as_of,
    {% for week in range(1, 13) %}
        cast(coalesce(sum(case
            when daily.day >= {{ days_before('spine.as_of', 7 * week) }} and daily.day < {{ days_before('spine.as_of', 7 * (week - 1)) }} then daily.engagements
        end), 0) as integer) as week_{{ week }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('feat_spine') }} as spine
left join {{ ref('int_features__daily') }} as daily
    on spine.lead_id = daily.lead_id
    and daily.day < spine.as_of
    and daily.day >= {{ days_before('spine.as_of', 84) }}
group by spine.lead_id, spine.as_of
