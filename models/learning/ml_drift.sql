-- How each feature of the champion, and its score, has moved since the champion learnt: one row a whole week and feature.
select
    cast(week as date) as week,
    cast(feature as varchar) as feature,
    cast(model_version as varchar) as model_version,
    cast(kind as varchar) as kind,
    cast(importance as double) as importance,
    cast(psi as double) as psi,
    cast(usual_psi as double) as usual_psi,
    cast(psi_noise as double) as psi_noise,
    cast(p_value as double) as p_value,
    cast(missing_share as double) as missing_share,
    cast(reference_missing_share as double) as reference_missing_share,
    cast(usual_missing_change as double) as usual_missing_change,
    cast(missing_p_value as double) as missing_p_value,
    cast(new_category_share as double) as new_category_share,
    cast(usual_new_category_share as double) as usual_new_category_share,
    cast(new_category_p_value as double) as new_category_p_value,
    cast(n_rows as double) as n_rows,
    cast(n_reference as double) as n_reference
from {{ ref('int_learning__drift') }}
