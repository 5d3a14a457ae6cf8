-- The newest run trained if, and only if, its decision says so.
select
    decision.as_of,
    decision.should_train,
    count(trained.model_version) as models_trained
from {{ ref('int_learning__decision') }} as decision
left join {{ ref('int_learning__trained_model') }} as trained on decision.as_of = trained.as_of
group by decision.as_of, decision.should_train
having decision.should_train != (count(trained.model_version) = 1)
