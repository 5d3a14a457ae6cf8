-- What each check for leaks says of each feature. Features that are quarantined take no part in learning, and so none in scoring.
select
    cast(feature as varchar) as feature,
    cast(check_name as varchar) as check_name,
    cast(statistic as double) as statistic,
    cast(threshold as double) as threshold,
    cast(case
        when not is_suspect then 'passed'
        when feature in ('{{ setting("leak_guard_allow") | join("', '") }}') then 'allowed'
        else 'quarantined'
    end as varchar) as verdict,
    cast(reason as varchar) as reason,
    cast(remedy as varchar) as remedy
from {{ ref('int_learning__leak_checks') }}
