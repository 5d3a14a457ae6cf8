"""The parameters of this run with what was chosen for training: what every training reads."""


def model(dbt, session):
    from leadscore import training_choices, warehouse

    parameters = warehouse.read(dbt.ref("int_learning__parameters"))
    decision = warehouse.read(dbt.ref("int_learning__decision"))
    comparison = warehouse.read(dbt.ref("int_learning__imbalance_comparison"), order_by=["class_imbalance"])
    trials = warehouse.read(dbt.ref("int_learning__tuning_trials"), order_by=["trial"])
    catalogue = warehouse.read(dbt.ref("feature_catalogue"), columns=["feature", "family"], order_by=["feature"])
    return warehouse.write(session, training_choices.settings(parameters, decision, comparison, trials, catalogue))
