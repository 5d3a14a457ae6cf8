-- Each address once, and whether it is one person's: not a team's mailbox, not on more records than a person has, and not under
-- given names that begin differently.
select
    email,
    count(*) as record_count,
    count(distinct substr(formal_given, 1, 1)) as given_initials,
    max(case when mailbox is null then 1 else 0 end) = 1 as is_shared_mailbox,
    max(case when mailbox is null then 1 else 0 end) = 0
    and count(distinct substr(formal_given, 1, 1)) <= 1
    and count(*) <= {{ setting('match_cluster_limit') }} as is_personal
from {{ ref('int_identity__match_forms') }}
where email is not null
group by email
