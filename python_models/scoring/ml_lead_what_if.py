"""What would raise the score of each open lead most, asked of the champion batch by batch."""


def model(dbt, session):
    from leadscore import warehouse, whatif

    registry = warehouse.read(dbt.ref("ml_models"), where={"status": "champion"})
    actions = warehouse.read(dbt.ref("what_if_actions"), order_by=["action", "feature"])
    catalogue = warehouse.read(dbt.ref("feature_catalogue"), order_by=["feature"])
    advise = whatif.adviser(registry, actions, catalogue)
    return warehouse.map_batches(session, dbt.ref("int_scoring__what_if_rows"), advise)
