"""Connected components of the graph in which records meet through the keys they share."""


def model(dbt, session):
    from leadscore import identity, warehouse

    keys = warehouse.read(dbt.ref("int_identity__keys"), order_by=["record_id", "match_key"])
    return warehouse.write(session, identity.clusters(keys))
