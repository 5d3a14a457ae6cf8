-- The records to compare, with how much each of their words says: a shared Szymborska says more than a shared Smith.
select
    forms.*,
    given.rarity as given_rarity,
    families.rarity as family_rarity,
    full_names.rarity as full_name_rarity,
{%- for field in rare_words() %}
    {{ field }}_words.rarity as {{ field }}_rarity{{ ',' if not loop.last }}
{%- endfor %}
from {{ ref('int_identity__match_forms') }} as forms
left join {{ ref('int_identity__name_rarities') }} as given
    on given.part = 'given' and forms.formal_given = given.name and coalesce(forms.country, '') = given.country
left join {{ ref('int_identity__name_rarities') }} as families
    on families.part = 'family' and forms.family = families.name and coalesce(forms.country, '') = families.country
left join {{ ref('int_identity__name_rarities') }} as full_names
    on full_names.part = 'full' and forms.formal_given || ' ' || forms.family = full_names.name
    and coalesce(forms.country, '') = full_names.country
{%- for field in rare_words() %}
    left join {{ ref('int_identity__word_rarities') }} as {{ field }}_words
        on {{ field }}_words.field = '{{ field }}' and forms.{{ field }} = {{ field }}_words.word
{%- endfor %}
