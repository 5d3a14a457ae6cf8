"""Ways to treat rare conversions, each judged on the same held-out time and accounts."""


def model(dbt, session):
    from leadscore import training_choices, warehouse

    rows = warehouse.read(dbt.ref("int_learning__training_rows"), order_by=["lead_id", "as_of"])
    parameters = warehouse.read(dbt.ref("int_learning__parameters"))
    return warehouse.write(session, training_choices.imbalance_comparison(rows, parameters))
