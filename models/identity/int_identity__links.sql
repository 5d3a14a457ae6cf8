-- What ties two records: keys that both hold (each record is tied to the first that holds the key, so a key shared by thousands
-- costs thousands of links, not their square), and pairs that are probably one person.
with keys as (

    select
        record_id,
        key_type,
        match_key,
        min(record_id) over (partition by match_key) as first_record_id,
        min(case when key_type != 'record' then {{ evidence_rank('key_type') }} end) over (partition by match_key) as key_rank
    from {{ ref('int_identity__keys') }}

),

tied as (

    select
        first_record_id as left_record_id,
        record_id as right_record_id,
        min(coalesce(case when key_type != 'record' then {{ evidence_rank('key_type') }} end, key_rank)) as evidence_rank,
        cast(1 as double) as probability
    from keys
    where record_id != first_record_id
    group by first_record_id, record_id

    union all

    select left_record_id, right_record_id, {{ evidence_rank("'match'") }}, probability
    from {{ ref('int_identity__matches') }}
    where is_match

)

select
    left_record_id,
    right_record_id,
    evidence_rank,
    {{ evidence_name('evidence_rank') }} as evidence,
    probability
from tied
where evidence_rank <= {{ evidence_kinds().index({'fuzzy': 'match', 'exact': 'email', 'none': 'merge'}[setting('identity_mode')]) + 1 }}
