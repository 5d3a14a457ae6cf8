"""The gates between the champion and what this run trains, judged on the newest labelled snapshots."""


def model(dbt, session):
    from leadscore import pipeline, warehouse

    decision = warehouse.read(dbt.ref("int_learning__decision"))
    limit, order = pipeline.rows_to_learn(decision), ["lead_id", "as_of"]
    rows = warehouse.read(dbt.ref("int_learning__training_rows"), order_by=order, limit=limit)
    segments = warehouse.read(dbt.ref("int_learning__row_segments"), order_by=order, limit=limit)
    rules = warehouse.read(dbt.ref("int_learning__rule_points"), order_by=["rule"])
    parameters = warehouse.read(dbt.ref("int_learning__settings"))
    champion = warehouse.read(dbt.ref("int_learning__registry_before"), where={"status": "champion"})
    return warehouse.write(session, pipeline.gates(rows, segments, rules, parameters, decision, champion))
