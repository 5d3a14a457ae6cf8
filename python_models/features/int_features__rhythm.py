"""Rhythm of engagement: velocity, decay, burst and trend, from weekly counts, batch by batch."""


def model(dbt, session):
    from leadscore import rhythm, warehouse

    return warehouse.map_batches(session, dbt.ref("int_features__weekly_touches"), rhythm.features)
