-- The moments at which leads are looked at. For learning: the day after a lead appeared and one hash-chosen Monday in every 90 days of
-- its life, at most training_snapshots_per_lead of them, each only once its horizon has been watched to the end. Until then it is there
-- for monitoring, at most monitoring_max_rows of them. For scoring: as_of, for every lead still open then. The choice depends on the lead
-- alone, so a snapshot once taken stays the same in later builds.
with leads as (

    select
        leads.lead_id,
        cast(leads.created_at as date) as created_on,
        conversions.converted_at
    from {{ ref('int_identity__leads') }} as leads
    left join {{ ref('int_timeline__conversions') }} as conversions
        on leads.lead_id = conversions.lead_id and conversions.conversion_event = '{{ setting("conversion_event") }}'

),

candidates as (

    select
        leads.lead_id,
        0 as turn,
        {{ days_after('leads.created_on', 1) }} as as_of
    from leads

    union all

    select
        leads.lead_id,
        1 + {{ hash_number("leads.lead_id || ':' || cast(blocks.n as varchar)") }} as turn,
        {{ next_monday(days_after(
            'leads.created_on', 'blocks.n * 90 + ' ~ hash_number("leads.lead_id || '/' || cast(blocks.n as varchar)") ~ ' % 90'
        )) }} as as_of
    from leads
    cross join {{ numbers(40) }} as blocks
    inner join {{ ref('int_timeline__observation') }} as observation
        on {{ days_after('leads.created_on', 'blocks.n * 90') }} < observation.observed_until

),

drawn as (

    select
        candidates.lead_id,
        candidates.as_of,
        min(candidates.turn) as turn,
        {{ days_after('candidates.as_of', setting('conversion_horizon_days')) }} <= observation.observed_until as is_mature
    from candidates
    inner join {{ ref('int_timeline__observation') }} as observation
        on candidates.as_of < observation.as_of and candidates.as_of <= observation.observed_until
    group by candidates.lead_id, candidates.as_of, observation.observed_until

),

-- Chosen before conversions are looked at: among the moments before one, those of leads that convert soon would be chosen more often.
chosen as (

    select lead_id, as_of
    from drawn
    where is_mature
    qualify row_number() over (partition by lead_id order by turn, as_of) <= {{ setting('training_snapshots_per_lead') }}

),

recent as (

    select drawn.lead_id, drawn.as_of
    from drawn
    inner join leads on drawn.lead_id = leads.lead_id
    where not drawn.is_mature and (leads.converted_at is null or leads.converted_at >= cast(drawn.as_of as datetime))
    qualify
        row_number() over (order by {{ hash_number("drawn.lead_id || ':monitoring'") }}, drawn.lead_id, drawn.as_of)
        <= {{ setting('monitoring_max_rows') }}

)

select
    chosen.lead_id,
    chosen.as_of,
    'training' as purpose,
    leads.converted_at is not null
    and leads.converted_at < cast({{ days_after('chosen.as_of', setting('conversion_horizon_days')) }} as datetime) as is_converted
from chosen
inner join leads on chosen.lead_id = leads.lead_id
where leads.converted_at is null or leads.converted_at >= cast(chosen.as_of as datetime)

union all

select
    lead_id,
    as_of,
    'monitoring' as purpose,
    cast(null as boolean) as is_converted
from recent

union all

select
    lead_id,
    {{ as_of_date() }} as as_of,
    'scoring' as purpose,
    cast(null as boolean) as is_converted
from leads
where converted_at is null
