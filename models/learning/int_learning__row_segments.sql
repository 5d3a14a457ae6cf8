-- The segment of the company at the time of each labelled snapshot, by which quality is judged beside the whole.
select
    rows_learnt.lead_id,
    rows_learnt.as_of,
    coalesce(segments.segment, 'unknown') as segment
from {{ ref('int_learning__labelled_rows') }} as rows_learnt
left join {{ ref('account_segments') }} as segments
    on rows_learnt.employee_count >= segments.min_employees
    and (segments.max_employees is null or rows_learnt.employee_count < segments.max_employees)
