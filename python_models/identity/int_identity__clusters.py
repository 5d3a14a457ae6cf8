"""Records become persons: linked by the strongest evidence first, kept apart where they contradict each other."""


def model(dbt, session):
    from leadscore import clusters, warehouse

    links = warehouse.read(
        dbt.ref("int_identity__links"), order_by=["left_record_id", "right_record_id", "evidence_rank"]
    )
    records = warehouse.read(dbt.ref("int_identity__members"), order_by=["record_id"])
    apart = warehouse.read(dbt.ref("identity_overrides"), where={"verdict": "different"})
    parameters = warehouse.read(dbt.ref("int_identity__parameters"))
    return warehouse.write(session, clusters.clusters(links, records, apart, parameters))
