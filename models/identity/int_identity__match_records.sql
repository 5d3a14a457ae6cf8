-- The records to compare, with how much each of their words says: a shared Szymborska says more than a shared Smith.
select
    *,
    {{ rarity('formal_given', within='country') }} as given_rarity,
    {{ rarity('family', within='country') }} as family_rarity,
    {{ rarity('email') }} as email_rarity,
    {{ rarity('mailbox') }} as mailbox_rarity,
    {{ rarity('work_domain') }} as domain_rarity,
    {{ rarity('company') }} as company_rarity,
    {{ rarity('phone') }} as phone_rarity,
    {{ rarity('mobile_phone') }} as mobile_phone_rarity,
    {{ rarity('street') }} as street_rarity,
    {{ rarity('postal_code') }} as postal_code_rarity,
    {{ rarity('city') }} as city_rarity,
    {{ rarity('title') }} as title_rarity
from {{ ref('int_identity__match_forms') }}
