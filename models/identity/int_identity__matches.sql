-- Pairs that may be one person, each with its evidence in bits: how often the records of one person agree as these do, against how often
-- strangers do. The bits add up to the log2 odds.
with candidates as (

    -- A pattern's rarity is rounded to half a bit, so those near the limit are looked at too.
    select
        pairs.left_no,
        pairs.right_no,
        weights.prior_bits,
        weights.household_weight,
    {%- for field in match_fields() %}
        weights.{{ field }}_weight
        {{ '+ pairs.' ~ field ~ '_rarity' if field in rare_fields() }} as {{ field }}_bits{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_identity__agreements') }} as pairs
    inner join {{ ref('int_identity__pattern_weights') }} as weights on pairs.pattern = weights.pattern
    where not pairs.is_random
        and weights.total_bits >= -1 - ln(1 / {{ setting('match_review_from') }} - 1) / ln(2)

),

summed as (

    select
        *,
        prior_bits + {{ sum_of(shared_fields(), 'bits') }} as shared_bits,
        {{ sum_of(own_fields(), 'bits') }} as own_bits
    from candidates

),

weighed as (

    select
        *,
        {{ household_bits('shared_bits', 'household_weight') }} as household_bits
    from summed

),

decided as (

    select
        *,
        1 / (1 + power(2, -(shared_bits + own_bits + household_bits))) as probability
    from weighed

)

select
    lefts.record_id as left_record_id,
    rights.record_id as right_record_id,
    decided.probability,
    decided.probability >= {{ setting('match_threshold') }} as is_match,
    decided.prior_bits,
    {%- for field in match_fields() %}
        decided.{{ field }}_bits,
    {%- endfor %}
    decided.household_bits
from decided
inner join {{ ref('int_identity__match_forms') }} as lefts on decided.left_no = lefts.record_no
inner join {{ ref('int_identity__match_forms') }} as rights on decided.right_no = rights.record_no
where decided.probability >= {{ setting('match_review_from') }}
