-- Leads scored now and before: their features of today and, as then_<feature>, those of the last scoring before this day.
{{ config(materialized='view') }}

with earlier as (

    select
        lead_id,
        max(as_of) as as_of
    from {{ ref('int_scoring__scored_rows') }}
    where as_of < {{ as_of_date() }}
    group by lead_id

)

select
    then_rows.as_of as then_as_of,
    then_rows.model_version as then_model_version,
    then_rows.raw_score as then_raw_score,
    {% for column in columns_of(ref('int_scoring__rows'), except=['lead_id', 'as_of']) %}
        then_rows.{{ column }} as then_{{ column }},
    {% endfor %}
    scores.model_version,
    scores.raw_score,
    now_rows.*
from earlier
inner join {{ ref('int_scoring__scored_rows') }} as then_rows on earlier.lead_id = then_rows.lead_id and earlier.as_of = then_rows.as_of
inner join {{ ref('int_scoring__rows') }} as now_rows on earlier.lead_id = now_rows.lead_id
inner join {{ ref('fct_lead_scores') }} as scores on earlier.lead_id = scores.lead_id
