"""The model trained on all labelled snapshots, as one row of text and figures; no row when nothing is to be trained."""


def model(dbt, session):
    from leadscore import pipeline, warehouse

    decision = warehouse.read(dbt.ref("int_learning__decision"))
    limit, order = pipeline.rows_to_learn(decision), ["lead_id", "as_of"]
    rows = warehouse.read(dbt.ref("int_learning__training_rows"), order_by=order, limit=limit)
    rules = warehouse.read(dbt.ref("int_learning__rule_points"), order_by=["rule"])
    parameters = warehouse.read(dbt.ref("int_learning__settings"))
    metrics = warehouse.read(
        dbt.ref("int_learning__metrics"), order_by=["split", "slice_kind", "slice", "scorer", "metric"]
    )
    odds = warehouse.read(dbt.ref("int_learning__reference_odds"))
    return warehouse.write(session, pipeline.train(rows, rules, parameters, decision, metrics, odds))
