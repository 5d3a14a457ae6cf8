"""What each check for leaks found of each feature."""


def model(dbt, session):
    from leadscore import warehouse
    from leadscore.learning import leaks

    rows = warehouse.read(dbt.ref("int_learning__leak_rows"), order_by=["purpose", "lead_id", "as_of"])
    parameters = warehouse.read(dbt.ref("int_learning__parameters"))
    return warehouse.write(session, leaks.checks(rows, parameters))
