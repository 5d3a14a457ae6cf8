"""How right the champion was about the weeks since it learnt, once their horizon had passed."""


def model(dbt, session):
    from leadscore import monitoring, warehouse

    champion = warehouse.read(dbt.ref("int_learning__registry_before"), where={"status": "champion"})
    scores = warehouse.read(dbt.ref("int_learning__monitored_scores"), order_by=["lead_id", "as_of"])
    parameters = warehouse.read(dbt.ref("int_learning__parameters"))
    return warehouse.write(session, monitoring.cohort_performance(scores, champion, parameters))
