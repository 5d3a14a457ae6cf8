-- In how many ways pairs agree, and how many do so in each: a table that stays small whatever the number of records, and all that has to be
-- learnt from.
with counted as (

    select
        pattern,
        sum(case when is_random then 0 else 1 end) as pairs,
        sum(case when is_random then 1 else 0 end) as random_pairs
    from {{ ref('int_identity__agreements') }}
    group by pattern

)

select
    pattern,
    {%- for field in match_fields() %}
        {{ level_in('pattern', field) }} as {{ field }},
    {%- endfor %}
    {{ rarity_in('pattern') }} as rarity,
    pairs,
    random_pairs,
    (select count(*) from {{ ref('int_identity__match_forms') }}) as record_count
from counted
