"""Why the score of each lead moved since it was scored before, batch by batch."""


def model(dbt, session):
    from leadscore import changes, warehouse

    earlier = warehouse.read(dbt.ref("int_scoring__earlier_models"), order_by=["model_version"])
    return warehouse.map_batches(session, dbt.ref("int_scoring__rows_then_and_now"), changes.teller(earlier))
