"""Ways to treat rare conversions, each judged on the same held-out time and accounts."""


def model(dbt, session):
    from leadscore import pipeline, training_choices, warehouse

    decision = warehouse.read(dbt.ref("int_learning__decision"))
    limit, order = pipeline.rows_to_learn(decision), ["lead_id", "as_of"]
    rows = warehouse.read(dbt.ref("int_learning__training_rows"), order_by=order, limit=limit)
    parameters = warehouse.read(dbt.ref("int_learning__parameters"))
    catalogue = warehouse.read(dbt.ref("feature_catalogue"), columns=["feature", "family"], order_by=["feature"])
    return warehouse.write(session, training_choices.imbalance_comparison(rows, parameters, catalogue))
