"""Score and explanation of every open lead in one pass over streamed batches."""


def model(dbt, session):
    from leadscore import groups, pipeline, warehouse

    registry = warehouse.read(dbt.ref("ml_models"), where={"status": "champion"})
    catalogue = warehouse.read(dbt.ref("feature_catalogue"), order_by=["feature"])
    score = groups.with_groups(pipeline.scorer(registry), registry, catalogue)
    return warehouse.map_batches(session, dbt.ref("int_scoring__rows"), score)
