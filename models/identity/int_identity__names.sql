-- Each given or family name as somebody wrote it, once, in the forms in which names are compared.
with written as (

    select first_name as written_name from {{ ref('int_identity__records') }}
    union
    select last_name from {{ ref('int_identity__records') }}

),

plain as (

    select
        written_name,
        {{ plain_name('written_name') }} as name
    from written
    where written_name is not null

),

words as (

    {{ spread_words('plain', keep=['written_name', 'name'], text='name') }}

),

kept as (

    -- Dr, van, de la, a middle initial: a system that lacks them means the same person. A name of nothing else is kept whole.
    select
        words.written_name,
        {{ joined_words('words.word', 'words.place') }} as name
    from words
    left join {{ ref('name_words') }} as dropped on words.word = dropped.word
    where dropped.word is null and (words.place = 0 or length(words.word) > 1)
    group by words.written_name

),

comparable as (

    select
        plain.written_name,
        coalesce(kept.name, plain.name) as name
    from plain
    left join kept on plain.written_name = kept.written_name
    where plain.name <> ''

),

formal as (

    -- Chris is short for two names, and no short form for more than three.
    select
        nickname,
        min(given_name) as formal_name,
        max(given_name) as other_formal_name
    from {{ ref('nicknames') }}
    group by nickname

)

select
    comparable.written_name,
    comparable.name,
    coalesce(formal.formal_name, comparable.name) as formal_name,
    coalesce(formal.other_formal_name, comparable.name) as other_formal_name
from comparable
left join formal on comparable.name = formal.nickname
