"""Each figure of the data held against its threshold."""


def model(dbt, session):
    from leadscore import pipeline, warehouse

    figures = warehouse.read(dbt.ref("int_learning__readiness_figures"), order_by=["check_name", "subject"])
    return warehouse.write(session, pipeline.readiness(figures))
