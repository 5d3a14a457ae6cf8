-- Whether the data are ready to learn from, and how much model they carry: the most that every check lets through.
select
    cast(run.as_of as date) as as_of,
    cast(judged.check_name as varchar) as check_name,
    cast(judged.subject as varchar) as subject,
    cast(judged.value as double) as value,
    cast(judged.at_least as double) as at_least,
    cast(judged.at_most as double) as at_most,
    cast(judged.verdict as varchar) as verdict,
    cast(judged.allows_mode as varchar) as allows_mode,
    cast(judged.remedy as varchar) as remedy
from {{ ref('int_learning__readiness') }} as judged
cross join {{ ref('int_learning__parameters') }} as run
