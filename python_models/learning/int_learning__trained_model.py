"""The model trained on all labelled snapshots, as one row of text and figures."""


def model(dbt, session):
    from leadscore import pipeline, warehouse

    rows = warehouse.read(dbt.ref("int_learning__training_rows"), order_by=["lead_id", "as_of"])
    rules = warehouse.read(dbt.ref("rule_points"), order_by=["rule"])
    parameters = warehouse.read(dbt.ref("int_learning__settings"))
    metrics = warehouse.read(dbt.ref("ml_metrics"), order_by=["split", "scorer", "metric"])
    return warehouse.write(session, pipeline.train(rows, rules, parameters, metrics))
