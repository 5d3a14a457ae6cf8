-- Each record that belongs to somebody, living or merged away, with what may keep it apart from others: the personal address at a company
-- that it holds, and how the names begin.
with known as (

    select record_id from {{ ref('int_identity__records') }}
    union
    select merged_record_id from {{ ref('int_identity__merges') }}

)

select
    known.record_id,
    forms.record_id is not null as is_living,
    case when addresses.is_personal then forms.mail_domain end as mail_domain,
    forms.email,
    substr(forms.formal_given, 1, 1) as given_initial,
    substr(forms.family, 1, 1) as family_initial
from known
left join {{ ref('int_identity__match_forms') }} as forms on known.record_id = forms.record_id
left join {{ ref('int_identity__addresses') }} as addresses on forms.email = addresses.email
