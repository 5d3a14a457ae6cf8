"""How good the held-out predictions were: every figure with its interval, model and rules on the same rows."""


def model(dbt, session):
    from leadscore import pipeline, warehouse

    decision = warehouse.read(dbt.ref("int_learning__decision"))
    predictions = warehouse.read(dbt.ref("int_learning__holdout_predictions"), order_by=["split", "lead_id", "as_of"])
    parameters = warehouse.read(dbt.ref("int_learning__parameters"))
    odds = warehouse.read(dbt.ref("int_learning__reference_odds"))
    return warehouse.write(session, pipeline.metrics(predictions, parameters, decision, odds))
