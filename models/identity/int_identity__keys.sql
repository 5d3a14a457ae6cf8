-- What ties records together for certain: two records that share a key are one person, unless somebody said otherwise. Every record holds
-- its own id as a key, so that ids pointing at it from elsewhere find it.
with keys as (

    select record_id, 'record' as key_type, record_id as match_key
    from {{ ref('int_identity__records') }}

    union all

    select merged_record_id, 'merge', merged_record_id from {{ ref('int_identity__merges') }}

    union all

    select merged_record_id, 'merge', surviving_record_id from {{ ref('int_identity__merges') }}

    union all

    select 'salesforce.lead:' || salesforce_lead_id, 'conversion', 'salesforce.contact:' || converted_contact_id
    from {{ ref('stg_salesforce__lead') }}
    where converted_contact_id is not null

    union all

    select 'marketo.lead:' || marketo_lead_id, 'sync', 'salesforce.lead:' || salesforce_lead_id
    from {{ ref('stg_marketo__lead') }}
    where salesforce_lead_id is not null

    union all

    select 'marketo.lead:' || marketo_lead_id, 'sync', 'salesforce.contact:' || salesforce_contact_id
    from {{ ref('stg_marketo__lead') }}
    where salesforce_contact_id is not null

    union all

    select records.record_id, 'email', 'email:' || records.email
    from {{ ref('int_identity__records') }} as records
    inner join {{ ref('int_identity__addresses') }} as addresses on records.email = addresses.email and addresses.is_personal

    union all

    select record_id, 'override', 'override:' || record_id || ' ' || other_record_id
    from {{ ref('identity_overrides') }}
    where verdict = 'same'

    union all

    select other_record_id, 'override', 'override:' || record_id || ' ' || other_record_id
    from {{ ref('identity_overrides') }}
    where verdict = 'same'

),

known as (

    select record_id from {{ ref('int_identity__records') }}
    union
    select merged_record_id from {{ ref('int_identity__merges') }}

)

select distinct
    keys.record_id,
    keys.key_type,
    keys.match_key
from keys
inner join known on keys.record_id = known.record_id
left join known as named on keys.match_key = named.record_id
-- Sync ids have no date of their own: one that names a record yet to come was written later, and is no reason yet.
where keys.key_type != 'sync' or named.record_id is not null
