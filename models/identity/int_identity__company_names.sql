-- Each company name as somebody wrote it, once, with what is left of it without legal forms and with abbreviations spelt out.
with written as (

    select company_name from {{ ref('int_identity__records') }}
    union
    select account_name from {{ ref('stg_salesforce__account') }}
    union
    select company_name from {{ ref('stg_bombora__company_surge') }}
    union
    select company_name from {{ ref('stg_g2__buyer_intent') }}

),

plain as (

    -- S.A. and SA are one word, and so are AT&T and ATT.
    select
        company_name as written_name,
        {{ plain_name("replace(replace(replace(company_name, '.', ''), '''', ''), '&', '')", keep_digits=true) }} as name
    from written
    where company_name is not null

),

words as (

    {{ spread_words('plain', keep=['written_name', 'name'], text='name') }}

),

kept as (

    select
        words.written_name,
        {{ joined_words('coalesce(known.common_word, words.word)', 'words.place') }} as name
    from words
    left join {{ ref('company_words') }} as known on words.word = known.word
    where known.word is null or known.common_word is not null
    group by words.written_name

)

select
    plain.written_name,
    coalesce(kept.name, plain.name) as name
from plain
left join kept on plain.written_name = kept.written_name
where plain.name <> ''
