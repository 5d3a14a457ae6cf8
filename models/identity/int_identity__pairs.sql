-- The pairs to compare: each two records that meet in a block, once; and, drawn at random, pairs that show how often strangers agree.
with blocks as (

    select
        blocks.block_hash,
        blocks.record_no
    from {{ ref('int_identity__blocks') }} as blocks
    inner join {{ ref('int_identity__block_sizes') }} as sizes
        on blocks.block_hash = sizes.block_hash and not sizes.is_skipped

),

meeting as (

    select distinct
        earlier.record_no as left_no,
        later.record_no as right_no
    from blocks as earlier
    inner join blocks as later
        on earlier.block_hash = later.block_hash and earlier.record_no < later.record_no

),

shuffled as (

    select
        record_no,
        row_number() over (order by {{ hash_number('record_id') }}, record_id) - 1 as seat,
        count(*) over () as seats
    from {{ ref('int_identity__match_forms') }}

),

steps as (

    select record_no as step from {{ ref('int_identity__match_forms') }} where record_no <= 40

),

strangers as (

    -- All are seated round a table by hash and meet those next to them: 300,000 pairs show what one in a hundred thousand does.
    select
        ones.record_no as one_no,
        others.record_no as other_no
    from shuffled as ones
    inner join steps on steps.step * 2 < ones.seats and (steps.step - 1) * ones.seats + ones.seat < 300000
    inner join shuffled as others on (ones.seat + steps.step) % ones.seats = others.seat

)

select left_no, right_no, false as is_random
from meeting

union all

select least(one_no, other_no), greatest(one_no, other_no), true
from strangers
