-- Pairs of records worth a person's look: those about as likely one person as two, and those that evidence ties and a contradiction keeps
-- apart. A line in seeds/identity_overrides.csv decides one for good.
with doubtful as (

    select
        left_record_id,
        right_record_id,
        probability,
        {{ evidence_sentence() }} as evidence
    from {{ ref('int_identity__matches') }}

),

tied as (

    select
        left_record_id,
        right_record_id,
        min(evidence_rank) as evidence_rank,
        max(probability) as probability
    from {{ ref('int_identity__links') }}
    group by left_record_id, right_record_id

),

pairs as (

    select
        coalesce(doubtful.left_record_id, tied.left_record_id) as left_record_id,
        coalesce(doubtful.right_record_id, tied.right_record_id) as right_record_id,
        coalesce(doubtful.probability, tied.probability) as probability,
        tied.evidence_rank,
        coalesce(doubtful.evidence, {{ evidence_name('tied.evidence_rank') }}) as evidence
    from doubtful
    full join tied on doubtful.left_record_id = tied.left_record_id and doubtful.right_record_id = tied.right_record_id

)

select
    pairs.left_record_id || ' ' || pairs.right_record_id as pair_id,
    pairs.left_record_id,
    pairs.right_record_id,
    lefts.lead_id as left_lead_id,
    rights.lead_id as right_lead_id,
    case
        when lefts.lead_id = rights.lead_id then 'united'
        when pairs.evidence_rank is not null then 'kept apart'
        else 'apart'
    end as decision,
    pairs.probability,
    pairs.evidence,
    trim(coalesce(l.first_name, '') || ' ' || coalesce(l.last_name, '') || ' <' || coalesce(l.email, 'no address') || '>') as left_person,
    trim(coalesce(r.first_name, '') || ' ' || coalesce(r.last_name, '') || ' <' || coalesce(r.email, 'no address') || '>') as right_person,
    l.company_name as left_company_name,
    r.company_name as right_company_name
from pairs
inner join {{ ref('lead_source_records') }} as lefts on pairs.left_record_id = lefts.record_id
inner join {{ ref('lead_source_records') }} as rights on pairs.right_record_id = rights.record_id
inner join {{ ref('int_identity__records') }} as l on pairs.left_record_id = l.record_id
inner join {{ ref('int_identity__records') }} as r on pairs.right_record_id = r.record_id
where (pairs.evidence_rank is not null and lefts.lead_id != rights.lead_id)
    or (pairs.evidence_rank = {{ evidence_kinds().index('match') + 1 }} or pairs.evidence_rank is null)
    and pairs.probability < {{ setting('match_review_to') }}
