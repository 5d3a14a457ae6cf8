"""Trials of the booster's parameters, judged on held-out time and accounts; none while tuning is off."""


def model(dbt, session):
    from leadscore import pipeline, training_choices, warehouse

    decision = warehouse.read(dbt.ref("int_learning__decision"))
    limit, order = pipeline.rows_to_learn(decision), ["lead_id", "as_of"]
    rows = warehouse.read(dbt.ref("int_learning__training_rows"), order_by=order, limit=limit)
    parameters = warehouse.read(dbt.ref("int_learning__parameters"))
    comparison = warehouse.read(dbt.ref("int_learning__imbalance_comparison"), order_by=["class_imbalance"])
    catalogue = warehouse.read(dbt.ref("feature_catalogue"), columns=["feature", "family"], order_by=["feature"])
    return warehouse.write(session, training_choices.tuning_trials(rows, parameters, comparison, catalogue))
