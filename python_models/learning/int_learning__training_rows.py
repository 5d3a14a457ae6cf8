"""The labelled snapshots without the features that a check for leaks has quarantined."""


def model(dbt, session):
    from leadscore import warehouse
    from leadscore.learning import leaks

    verdicts = warehouse.read(dbt.ref("ml_leak_checks"), columns=["feature", "verdict"])
    return warehouse.without(dbt.ref("int_learning__labelled_rows"), leaks.quarantined(verdicts))
