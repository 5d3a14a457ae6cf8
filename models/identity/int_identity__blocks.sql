-- Which records are worth comparing: those that stand in one block of at least one rule. A block is what its records agree on.
with records as (

    select
        *,
        {{ names_in_order('formal_given', 'family') }} as full_name,
        {{ names_in_order('other_formal_given', 'family') }} as other_full_name
    from {{ ref('int_identity__match_forms') }}

),

blocks as (

    select 'email' as rule, email as block, record_no from records
    union all
    select 'mailbox', mailbox, record_no from records
    union all
    select 'phone', phone, record_no from records
    union all
    select 'phone', mobile_phone, record_no from records where mobile_phone != phone
    union all
    select 'name', full_name, record_no from records
    union all
    select 'name', other_full_name, record_no from records where other_full_name != full_name
    union all
    select 'beginnings of the names', name_beginnings, record_no from records
    union all
    select 'name and title', full_name || ', ' || title, record_no from records
    union all
    select 'name and city', full_name || ', ' || city, record_no from records
    union all
    select 'family name and domain', family || ', ' || work_domain, record_no from records
    union all
    select 'family name and company', family || ', ' || company, record_no from records
    union all
    select 'given name and domain', formal_given || ', ' || work_domain, record_no from records
    union all
    select 'given name and company', formal_given || ', ' || company, record_no from records
    union all
    select 'birth date', birth_date, record_no from records
    union all
    select 'street', street, record_no from records
    union all
    select 'street and place', street || ', ' || coalesce(postal_code, city), record_no from records
    union all
    select 'postal code', postal_code, record_no from records
    union all
    select 'family name and city', family || ', ' || city, record_no from records
    union all
    select 'given name and city', formal_given || ', ' || city, record_no from records
    union all
    select 'family name and postal code', family || ', ' || postal_code, record_no from records
    union all
    select 'given name and postal code', formal_given || ', ' || postal_code, record_no from records

)

-- A block is known by its hash: twenty rules' worth of texts would be larger than all the rest.
select
    rule,
    hash(rule, block) as block_hash,
    record_no
from blocks
where block is not null
