-- What would help: for each open lead the actions with which the model would score it higher, strongest first.
with advice as (

    select * from {{ ref('ml_lead_what_if') }}

),

told as (

    {{ spread_lists('advice', keep=['lead_id', 'as_of', 'model_version'], lists={
        'actions': {'name': 'action', 'type': 'varchar'},
        'points': {'name': 'points', 'type': 'double'}
    }) }}

),

sentences as (

    select distinct action, sentence
    from {{ ref('what_if_actions') }}

)

select
    told.lead_id,
    cast(row_number() over (partition by told.lead_id order by told.points desc, told.action) as integer) as rank,
    cast(told.as_of as date) as as_of,
    told.model_version,
    told.action,
    told.points,
    'with ' || sentences.sentence || ', leads like this one score ' || {{ short_number('told.points') }}
    || case when round(told.points) = 1 then ' point' else ' points' end || ' higher (an association, not a promise)' as what_if_text
from told
inner join sentences on told.action = sentences.action
