-- The rule points of the features that learning may use: a rule on a quarantined feature would leak as the feature does.
select rules.rule, rules.feature, rules.operator, rules.threshold, rules.points
from {{ ref('rule_points') }} as rules
inner join {{ ref('int_learning__admitted_features') }} as admitted on rules.feature = admitted.feature
