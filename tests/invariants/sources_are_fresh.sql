-- The newest raw row is at most a week older than as_of: scores of an older export describe leads that seem to have fallen silent.
{{ config(severity='warn') }}

select
    as_of,
    observed_until
from {{ ref('int_timeline__observation') }}
where observed_until is null or observed_until < {{ days_before('as_of', 7) }}
