"""The champion's probability for every snapshot that drift is measured on, in one pass over streamed batches."""


def model(dbt, session):
    from leadscore import monitoring, warehouse

    champion = warehouse.read(dbt.ref("int_learning__registry_before"), where={"status": "champion"})
    return warehouse.map_batches(session, dbt.ref("int_learning__monitored_rows"), monitoring.scorer(champion))
