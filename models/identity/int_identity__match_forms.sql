-- Each living record in the form in which it is compared with others: plain, short, and numbered, so that a pair is two whole numbers.
with records as (

    select
        records.*,
        {{ plain_name('records.title', keep_digits=true) }} as plain_title,
        {{ plain_name('records.street', keep_digits=true) }} as plain_street,
        {{ plain_name('records.city') }} as plain_city,
        replace({{ plain_name('records.postal_code', keep_digits=true) }}, ' ', '') as plain_postal_code,
        split_part(records.email, '@', 1) as local_part,
        split_part(records.email, '@', 2) as mail_site
    from {{ ref('int_identity__records') }} as records

),

accounts as (

    -- A contact says where it works through its account.
    select
        accounts.salesforce_account_id,
        accounts.account_name,
        domains.domain
    from {{ ref('stg_salesforce__account') }} as accounts
    left join {{ ref('int_identity__domains') }} as domains on accounts.website = domains.site and not domains.is_free_mail

),

addressed as (

    -- ann.lee@ says who writes, where nothing else does.
    select
        records.*,
        {{ replace_all('records.local_part', '[^a-z]', '') }} as mailbox,
        shared.local_part is not null as is_shared_mailbox,
        case when {{ text_matches('records.local_part', '^[a-z]+[._-][a-z]+[0-9]*$') }} and shared.local_part is null
                then {{ replace_all("translate(records.local_part, '_-', '..')", '[0-9]', '') }}
        end as written_out
    from records
    left join {{ ref('shared_mailboxes') }} as shared on records.local_part = shared.local_part

),

forms as (

    select
        records.record_id,
        coalesce(given.name, split_part(records.written_out, '.', 1)) as given,
        coalesce(given.formal_name, split_part(records.written_out, '.', 1)) as formal_given,
        coalesce(given.other_formal_name, split_part(records.written_out, '.', 1)) as other_formal_given,
        coalesce(family.name, split_part(records.written_out, '.', 2)) as family,
        records.email,
        case when not records.is_shared_mailbox then records.mailbox end as mailbox,
        mail.domain as mail_domain,
        coalesce(mail.domain, accounts.domain, site.domain) as work_domain,
        company.name as company,
        coalesce(mail.domain, accounts.domain, site.domain, company.name) as employer,
        {{ phone_key('records.phone') }} as phone,
        {{ phone_key('records.mobile_phone') }} as mobile_phone,
        {{ date_text('records.birth_date') }} as birth_date,
        nullif(records.plain_street, '') as street,
        nullif(records.plain_city, '') as city,
        nullif(records.plain_postal_code, '') as postal_code,
        records.country,
        nullif(records.plain_title, '') as title,
        records.seniority,
        records.department,
        records.lead_source
    from addressed as records
    left join {{ ref('int_identity__names') }} as given on records.first_name = given.written_name
    left join {{ ref('int_identity__names') }} as family on records.last_name = family.written_name
    left join {{ ref('int_identity__domains') }} as mail on records.mail_site = mail.site and not mail.is_free_mail
    left join {{ ref('int_identity__domains') }} as site on records.website = site.site and not site.is_free_mail
    left join accounts on records.salesforce_account_id = accounts.salesforce_account_id
    left join {{ ref('int_identity__company_names') }} as company
        on coalesce(records.company_name, accounts.account_name) = company.written_name

)

select
    cast(row_number() over (order by record_id) as integer) as record_no,
    *,
    postal_code || ' ' || city as locality,
    {{ names_in_order('substr(formal_given, 1, 3)', 'substr(family, 1, 3)') }} as name_beginnings,
    -- A mailbox named after the person agrees wherever the name does.
    case
        when length(mailbox) >= 6
            and not contains(mailbox, replace(coalesce(given, '?'), ' ', ''))
            and not contains(mailbox, replace(coalesce(family, '?'), ' ', ''))
            then mailbox
    end as own_mailbox
from forms
