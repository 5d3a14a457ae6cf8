-- How far the two records of each pair agree, field by field, in the levels of seeds/match_levels.csv (0: one of them says nothing), and
-- how rare what they agree on is.
with levels as (

    select
        pairs.left_no, pairs.right_no, pairs.is_random,
        case
            when l.given is null or r.given is null then 0
            when l.given = r.given then 1
            when r.formal_given in (l.formal_given, l.other_formal_given) or r.other_formal_given = l.formal_given then 2
            when l.given = r.family or l.family = r.given then 3
            when substr(l.given, 1, 1) = substr(r.given, 1, 1) and (length(l.given) = 1 or length(r.given) = 1) then 5
            when {{ is_close_name('l.given', 'r.given') }} then 4
            when {{ is_close_name('l.given', 'r.family') }} and {{ is_close_name('l.family', 'r.given') }} then 3
            when {{ is_other_script('l.given', 'r.given') }} then 0
            when {{ name_likeness('l.given', 'r.given') }} >= 80 then 7
            else 6
        end as given,
        case
            when l.family is null or r.family is null then 0
            when l.family = r.family then 1
            when l.given = r.family or l.family = r.given then 0
            when {{ is_close_name('l.family', 'r.family') }} then 2
            when {{ is_other_script('l.family', 'r.family') }} then 0
            when {{ name_likeness('l.family', 'r.family') }} >= 80 then 4
            else 3
        end as family,
        case
            when l.email = r.email then 1
            when l.mail_domain = r.mail_domain and {{ name_likeness('l.mailbox', 'r.mailbox') }} >= 92 then 2
            when {{ name_likeness('l.mailbox', 'r.mailbox') }} >= 92 and {{ name_likeness('l.mail_domain', 'r.mail_domain') }} >= 92 then 9
            when l.own_mailbox = r.own_mailbox then 3
            when l.mail_domain = r.mail_domain then 4
            when l.work_domain = r.work_domain then 5
            when l.company = r.company then 6
            when substr(l.company, 1, 1) = substr(r.company, 1, 1) and {{ name_likeness('l.company', 'r.company') }} >= 92 then 7
            when l.employer is null or r.employer is null then 0
            else 8
        end as work,
        case
            when r.phone in (l.phone, l.mobile_phone) or r.mobile_phone in (l.phone, l.mobile_phone) then 1
            when l.phone is null or r.phone is null then 0
            else 2
        end as phone,
        {{ birth_level('l.birth_date', 'r.birth_date') }} as birth,
        case
            when l.work_domain = r.work_domain or l.company = r.company then 0
            when l.street = r.street then 1
            when {{ name_likeness('l.street', 'r.street') }} >= 90 then 2
            when least(length(l.street), length(r.street)) >= 8 and {{ is_part_of('l.street', 'r.street') }} then 2
            when (l.employer is not null and r.employer is not null) or l.street is null or r.street is null then 0
            when {{ name_likeness('l.street', 'r.street') }} >= 80 then 4
            else 3
        end as street,
        case
            when l.work_domain = r.work_domain or l.company = r.company or (l.employer is not null and r.employer is not null) then 0
            when l.postal_code = r.postal_code and {{ name_likeness('l.city', 'r.city') }} < 92 then 7
            when l.postal_code = r.postal_code then 1
            when l.city = r.city then case when {{ edit_distance('l.postal_code', 'r.postal_code') }} <= 2 then 8 else 2 end
            when l.country != r.country then 6
            when {{ name_likeness('l.city', 'r.city') }} >= 92
                then case when {{ edit_distance('l.postal_code', 'r.postal_code') }} > 2 then 9 else 3 end
            when l.city != r.city or l.postal_code != r.postal_code then 5
            when l.country = r.country then 4
            else 0
        end as place,
        case
            when l.title = r.title then case when l.employer != r.employer then 7 else 1 end
            when l.department is null or r.department is null then 0
            when l.employer != r.employer then case when l.department = r.department then 5 else 6 end
            when l.department != r.department then 4
            when l.seniority = r.seniority then 2
            else 3
        end as role,
        case when l.lead_source = r.lead_source then 1 when l.lead_source != r.lead_source then 2 else 0 end as origin,
        least(l.given_rarity, r.given_rarity) as given_rarity, least(l.family_rarity, r.family_rarity) as family_rarity,
        least(l.full_name_rarity, r.full_name_rarity) as full_name_rarity,
        case
            when l.given = r.family and coalesce(l.family, '?') != coalesce(r.given, '!') then least(l.given_rarity, r.family_rarity)
            when l.family = r.given and coalesce(l.given, '?') != coalesce(r.family, '!') then least(l.family_rarity, r.given_rarity)
            else least(l.given_rarity + l.family_rarity, r.given_rarity + r.family_rarity)
        end as swapped_rarity,
        l.email_rarity, l.own_mailbox_rarity, l.work_domain_rarity, l.company_rarity,
        least(coalesce(l.phone_rarity, l.mobile_phone_rarity), coalesce(r.phone_rarity, r.mobile_phone_rarity)) as phone_rarity,
        l.street_rarity, l.city_rarity, l.title_rarity,
        case when l.locality = r.locality then l.locality_rarity else l.postal_code_rarity end as postal_code_rarity
    from {{ ref('int_identity__pairs') }} as pairs
    inner join {{ ref('int_identity__match_records') }} as l on pairs.left_no = l.record_no
    inner join {{ ref('int_identity__match_records') }} as r on pairs.right_no = r.record_no

),

rarities as (

    -- What is rare counts only where it is shared.
    select
        left_no, right_no, is_random, given, family, work, phone, birth, street, place, role, origin,
        case given when 1 then given_rarity when 2 then given_rarity when 3 then swapped_rarity else 0 end as given_rarity,
        case when family != 1 then 0 when given not in (1, 2) then family_rarity
            else least(family_rarity, greatest(full_name_rarity - given_rarity, 0))
        end as family_rarity,
        case
            when work in (4, 5) then work_domain_rarity
            else case work when 1 then email_rarity when 3 then own_mailbox_rarity when 6 then company_rarity else 0 end
        end as work_rarity,
        case when phone = 1 then phone_rarity else 0 end as phone_rarity,
        case when street = 1 then street_rarity else 0 end as street_rarity,
        case when place in (1, 7) then postal_code_rarity when place in (2, 8) then city_rarity else 0 end as place_rarity,
        case when role in (1, 7) then title_rarity else 0 end as role_rarity
    from levels

)

select
    left_no, right_no, is_random,
    {{ match_pattern() }} as pattern,
{%- for field in rare_fields() %}
    cast({{ field }}_rarity as double) as {{ field }}_rarity{{ ',' if not loop.last }}
{%- endfor %}
from rarities
