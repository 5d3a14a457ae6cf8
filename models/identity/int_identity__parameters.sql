-- How clusters are cut, as data: Python models read it here instead of from the configuration, which dbt may have cached.
select
    cast({{ setting('match_cluster_limit') }} as integer) as record_limit,
    -- Merges, conversions and sync ids are facts, and so is what somebody said; an address and a likeness are signs.
    cast({{ evidence_kinds().index('sync') + 1 }} as integer) as last_fact_rank
