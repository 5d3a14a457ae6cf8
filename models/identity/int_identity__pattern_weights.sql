-- What each way to agree weighs, in bits: field by field, without what is rare about the words that agree, and in all.
with prior as (

    select weight as prior_bits from {{ ref('int_identity__match_weights') }} where field = 'prior'

),

weighed as (

    select
        patterns.pattern,
        patterns.given,
        patterns.rarity,
        prior.prior_bits,
    {%- for field in match_fields() %}
        coalesce({{ field }}_weights.weight, 0) as {{ field }}_weight{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_identity__patterns') }} as patterns
    cross join prior
    {%- for field in match_fields() %}
        left join {{ ref('int_identity__match_weights') }} as {{ field }}_weights
            on {{ field }}_weights.field = '{{ field }}' and patterns.{{ field }} = {{ field }}_weights.level
    {%- endfor %}

),

summed as (

    select
        *,
        prior_bits + rarity + {{ sum_of(shared_fields(), 'weight') }} as shared_bits,
        {{ sum_of(own_fields(), 'weight') }} as own_bits
    from weighed

)

select
    pattern,
    prior_bits,
    {%- for field in match_fields() %}
        {{ field }}_weight,
    {%- endfor %}
    given = 6 as has_other_given_name,
    -- Who bears another given name may share home, phone and employer: what agrees in them then counts for even odds at most.
    case when given = 6 then least(shared_bits, 0) else shared_bits end + own_bits as total_bits
from summed
