-- What each way to agree weighs, in bits: field by field, without what is rare about the words that agree, and in all.
with any_two as (

    select
        sum(case when field = 'prior' then weight end) as prior_bits,
        sum(case when field = 'household' then weight end) as household_weight
    from {{ ref('int_identity__match_weights') }}

),

weighed as (

    select
        patterns.pattern,
        patterns.rarity,
        any_two.prior_bits,
        case when patterns.given in (6, 7) then any_two.household_weight end as household_weight,
    {%- for field in match_fields() %}
        coalesce({{ field }}_weights.weight, 0) as {{ field }}_weight{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_identity__patterns') }} as patterns
    cross join any_two
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
    household_weight,
    shared_bits + own_bits + {{ household_bits('shared_bits', 'household_weight') }} as total_bits
from summed
