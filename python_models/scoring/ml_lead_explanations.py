"""Score and explanation of every open lead in one pass over streamed batches."""


def model(dbt, session):
    from leadscore import pipeline, warehouse

    registry = warehouse.read(dbt.ref("ml_models"), where={"status": "champion"})
    return warehouse.map_batches(session, dbt.ref("int_scoring__rows"), pipeline.scorer(registry))
