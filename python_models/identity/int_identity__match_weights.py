"""How much each agreement of two records says, learnt from the counted patterns without labels."""


def model(dbt, session):
    from leadscore import matching, warehouse

    fields = ["given", "family", "work", "phone", "birth", "street", "place", "role", "origin", "rarity"]
    patterns = warehouse.read(dbt.ref("int_identity__patterns"), order_by=fields)
    levels = warehouse.read(dbt.ref("match_levels"), order_by=["field", "level"])
    return warehouse.write(session, matching.weights(patterns, levels))
