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

links as (

    select left_record_id as record_id, right_record_id as other_record_id, evidence_rank, probability
    from {{ ref('int_identity__links') }}

    union all

    select right_record_id, left_record_id, evidence_rank, probability
    from {{ ref('int_identity__links') }}

),

evidence as (

    -- The strongest reason for which a record is where it is.
    select
        links.record_id,
        min(links.evidence_rank) as evidence_rank,
        max(links.probability) as probability
    from links
    inner join members as ones on links.record_id = ones.record_id
    inner join members as others on links.other_record_id = others.record_id and ones.cluster_no = others.cluster_no
    group by links.record_id

)

select
    members.record_id,
    split_part(members.record_id, '.', 1) as source_system,
    split_part(split_part(members.record_id, ':', 1), '.', 2) as source_object,
    substr(members.record_id, position(':' in members.record_id) + 1) as source_id,
    {{ entity_id('anchors.anchor_record_id') }} as lead_id,
    coalesce(evidence.probability, cast(1 as double)) as match_probability,
    coalesce({{ evidence_name('evidence.evidence_rank') }}, 'only record') as matched_on,
    members.trust_rank is null as is_merged_away,
    members.created_at
from members
inner join anchors on members.cluster_no = anchors.cluster_no
left join evidence on members.record_id = evidence.record_id
