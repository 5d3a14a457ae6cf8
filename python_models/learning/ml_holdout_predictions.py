"""Predictions for the newest labelled snapshots by models that knew neither their time nor their account."""


def model(dbt, session):
    from leadscore import pipeline, warehouse

    rows = warehouse.read(dbt.ref("int_learning__training_rows"), order_by=["lead_id", "as_of"])
    rules = warehouse.read(dbt.ref("rule_points"), order_by=["rule"])
    parameters = warehouse.read(dbt.ref("int_learning__settings"))
    return warehouse.write(session, pipeline.holdout_predictions(rows, rules, parameters))
