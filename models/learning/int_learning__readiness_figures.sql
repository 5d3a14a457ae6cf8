-- What readiness is judged by, one row a figure. Those about learning count the rows that are learnt from.
{% set features = columns_of(ref('int_learning__training_rows'), except=['lead_id', 'as_of', 'account_key', 'is_converted']) %}
with learnt as (

    select
        count(distinct lead_id) as leads,
        count(distinct case when is_converted then lead_id end) as conversions,
        count(*) as snapshots,
        sum(case when is_converted then 1 else 0 end) as converted_snapshots,
        {{ dbt.datediff('min(as_of)', 'max(as_of)', 'day') }} as days,
        max(as_of) as newest,
        {% for feature in features %}count({{ feature }}) + {% endfor %}0 as values_there
    from {{ ref('int_learning__training_rows') }}

),

stretches as (

    select
        count(*) as snapshots,
        sum(case when is_converted then 1 else 0 end) as conversions
    from {{ ref('int_learning__training_rows') }}
    group by {{ bucket_30d('as_of') }}

),

silent as (

    -- At the rate of all they should have seen five conversions or more, and saw less than a fifth of them.
    select count(*) as months
    from stretches
    cross join learnt
    where
        stretches.snapshots * learnt.converted_snapshots >= 5 * learnt.snapshots
        and stretches.conversions * learnt.snapshots * 5 < stretches.snapshots * learnt.converted_snapshots

),

segments as (

    select
        segments.segment,
        count(distinct case when rows_learnt.is_converted then rows_learnt.lead_id end) as conversions
    from {{ ref('int_learning__row_segments') }} as segments
    inner join {{ ref('int_learning__training_rows') }} as rows_learnt
        on segments.lead_id = rows_learnt.lead_id and segments.as_of = rows_learnt.as_of
    group by segments.segment

)

select 'conversions_to_learn' as check_name, '' as subject, cast(conversions as double) as value from learnt
union all
select 'conversions_to_boost', '', cast(conversions as double) from learnt
union all
select 'labelled_leads', '', cast(leads as double) from learnt
union all
select 'history_months', '', cast(coalesce(days, 0) as double) / 30.4 from learnt
union all
select 'months_without_labels', '', cast(months as double) from silent
union all
select 'label_lag_days', '', cast({{ dbt.datediff('learnt.newest', 'run.as_of', 'day') }} - run.horizon_days as double)
from learnt
cross join {{ ref('int_learning__parameters') }} as run
union all
select 'missing_share', '', 1 - cast(values_there as double) / nullif(snapshots * {{ features | length or 1 }}, 0) from learnt
union all
select 'leads_with_company', '', leads_with_company from {{ ref('int_learning__join_rates') }}
union all
select 'leads_with_touches', '', leads_with_touches from {{ ref('int_learning__join_rates') }}
union all
select 'marketo_in_salesforce', '', marketo_in_salesforce from {{ ref('int_learning__join_rates') }}
union all
select 'signals_of_accounts', '', signals_of_accounts from {{ ref('int_learning__join_rates') }}
union all
select 'conversions_in_segment', segment, cast(conversions as double) from segments
