-- What an alert may be raised about, in one shape: a week's figure of a subject, what it was when the champion learnt, and how far it is
-- off. Twice of what a feature moved anyway while the champion learnt is taken off: an alert is about more than that.
{{ config(materialized='view') }}

select
    week,
    model_version,
    feature as subject,
    'psi' as metric,
    psi as value,
    0 as baseline,
    psi - 2 * coalesce(usual_psi, 0) as change,
    p_value,
    importance
from {{ ref('ml_drift') }}

union all

select
    week,
    model_version,
    feature as subject,
    'missing_share' as metric,
    missing_share as value,
    reference_missing_share as baseline,
    abs(missing_share - reference_missing_share) - 2 * coalesce(usual_missing_change, 0) as change,
    missing_p_value as p_value,
    importance
from {{ ref('ml_drift') }}

union all

select
    week,
    model_version,
    feature as subject,
    'new_category_share' as metric,
    new_category_share as value,
    0 as baseline,
    new_category_share - 2 * coalesce(usual_new_category_share, 0) as change,
    new_category_p_value as p_value,
    importance
from {{ ref('ml_drift') }}

union all

-- Of what ranks leads the share that is lost; of calibration by how much farther it is from a slope of 1 and an intercept of 0.
select
    week,
    model_version,
    'champion' as subject,
    metric,
    value,
    baseline,
    case
        when metric in ('roc_auc', 'pr_auc', 'lift_at_decile') then 1 - value / nullif(baseline, 0)
        when metric = 'calibration_slope' then abs(value - 1) - abs(baseline - 1)
        when metric = 'calibration_intercept' then abs(value) - abs(baseline)
        else abs(value - baseline)
    end as change,
    p_value,
    cast(null as double) as importance
from {{ ref('ml_cohort_performance') }}
