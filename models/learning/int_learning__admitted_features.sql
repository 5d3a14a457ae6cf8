-- The features that learning may use: those of the catalogue that no check for leaks has quarantined.
select feature
from {{ ref('feature_catalogue') }}
where feature not in (select checks.feature from {{ ref('ml_leak_checks') }} as checks where checks.verdict = 'quarantined')
