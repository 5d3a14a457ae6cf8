-- Which person each source record belongs to, and by what evidence. A person's id comes from the oldest record, so it stays when
-- younger records join. Records merged away are listed too: old touches still name them.
with members as (

    select
        clusters.record_id,
        clusters.cluster_no,
        records.trust_rank,
        records.created_at
    from {{ ref('int_identity__clusters') }} as clusters
    left join {{ ref('int_identity__records') }} as records on clusters.record_id = records.record_id

),

anchors as (

    -- A cluster of merged-away records alone has nobody left to score.
    select cluster_no, record_id as anchor_record_id
    from members
    where created_at is not null
    qualify row_number() over (partition by cluster_no order by created_at, record_id) = 1

),

ranked_keys as (

    -- A record's own id is no reason by itself; it takes the strongest reason for which others name it.
    select
        record_id,
        match_key,
        case key_type when 'merge' then 1 when 'conversion' then 2 when 'sync' then 3 when 'email' then 4 end as strength
    from {{ ref('int_identity__keys') }}

),

shared_keys as (

    select
        match_key,
        min(strength) as strength
    from ranked_keys
    group by match_key
    having count(distinct record_id) > 1

),

evidence as (

    select
        ranked_keys.record_id,
        min(coalesce(ranked_keys.strength, shared_keys.strength)) as strength
    from ranked_keys
    inner join shared_keys on ranked_keys.match_key = shared_keys.match_key
    group by ranked_keys.record_id

)

select
    members.record_id,
    split_part(members.record_id, '.', 1) as source_system,
    split_part(split_part(members.record_id, ':', 1), '.', 2) as source_object,
    substr(members.record_id, position(':' in members.record_id) + 1) as source_id,
    {{ entity_id('anchors.anchor_record_id') }} as lead_id,
    cast(1 as double) as match_probability,
    case evidence.strength
        when 1 then 'merge' when 2 then 'conversion' when 3 then 'sync' when 4 then 'email' else 'only record'
    end as matched_on,
    members.trust_rank is null as is_merged_away,
    members.created_at
from members
inner join anchors on members.cluster_no = anchors.cluster_no
left join evidence on members.record_id = evidence.record_id
