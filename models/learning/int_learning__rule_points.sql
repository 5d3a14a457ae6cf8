-- The rule points of the features that learning may use: a rule on a quarantined feature would leak as the feature does.
select rule, feature, operator, threshold, points
from {{ ref('rule_points') }}
where feature not in (select checks.feature from {{ ref('ml_leak_checks') }} as checks where checks.verdict = 'quarantined')
