-- Each block that holds more than one record. One that holds too many says nothing about who is who and would cost the square of its
-- size: it is skipped, and stands here to be seen.
select
    block_hash,
    min(rule) as rule,
    count(*) as record_count,
    min(record_no) as example_record_no,
    count(*) > {{ setting('match_block_limit') }} as is_skipped
from {{ ref('int_identity__blocks') }}
group by block_hash
having count(*) > 1
