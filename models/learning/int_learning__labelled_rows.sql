-- Labelled snapshots with every feature, whole leads at a time, at most about training_max_rows of them.
{{ config(materialized='view') }}

with labelled as (

    select
        spine.lead_id,
        spine.as_of,
        profiles.account_key,
        spine.is_converted,
        {{ hash_number("spine.lead_id || ':training'") }} as lottery
    from {{ ref('feat_spine') }} as spine
    inner join {{ ref('int_features__profile') }} as profiles on spine.lead_id = profiles.lead_id and spine.as_of = profiles.as_of
    where spine.purpose = 'training' and spine.as_of >= cast('{{ setting("training_from") }}' as date)

),

drawn as (

    select lead_id, as_of, account_key, is_converted
    from labelled
    qualify row_number() over (order by lottery, lead_id, as_of) <= {{ setting('training_max_rows') }}

)

select
    drawn.account_key,
    drawn.is_converted,
    features.*
from drawn
inner join {{ ref('feat_leads') }} as features on drawn.lead_id = features.lead_id and drawn.as_of = features.as_of
