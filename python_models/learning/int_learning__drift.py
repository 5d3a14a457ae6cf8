"""How the champion's features and scores have moved since it learnt, week by week."""


def model(dbt, session):
    from leadscore import monitoring, warehouse

    champion = warehouse.read(dbt.ref("int_learning__registry_before"), where={"status": "champion"})
    rows = warehouse.read(dbt.ref("int_learning__monitored_rows"), order_by=["lead_id", "as_of"])
    scores = warehouse.read(dbt.ref("int_learning__monitored_scores"), order_by=["lead_id", "as_of"])
    catalogue = warehouse.read(dbt.ref("feature_catalogue"), columns=["feature", "topic"], order_by=["feature"])
    return warehouse.write(session, monitoring.drift(rows, scores, champion, catalogue))
