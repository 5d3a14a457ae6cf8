-- How rare each word is that records may share, among all records: how many bits it takes to name it.
{% for column in rare_words() %}
    select
        '{{ column }}' as field,
        {{ column }} as word,
        {{ rarity('count(*)', "(select count(*) from " ~ ref('int_identity__match_forms') ~ ")") }} as rarity
    from {{ ref('int_identity__match_forms') }}
    where {{ column }} is not null
    group by {{ column }}
    {{ 'union all' if not loop.last }}
{% endfor %}
