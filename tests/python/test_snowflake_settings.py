"""What dbt_project.yml says to Snowflake about warehouses and fail-safe."""

from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
MODELS: dict[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["models"]["lead_scoring"]
PLACES = {
    path.stem: path.relative_to(PROJECT).parts[1]
    for path in PROJECT.glob("*models/**/*.*")
    if path.suffix in (".sql", ".py")
}


def _setting(model: str, name: str) -> Any:
    """The most specific value on the way from the project to the model."""
    layer = MODELS[PLACES[model]]
    for level in (layer.get(model, {}), layer, MODELS):
        if name in level:
            return level[name]
    return None


def test_tables_that_remember_keep_their_fail_safe_and_no_others() -> None:
    remembering = {
        path.stem for path in (PROJECT / "models").rglob("*.sql") if "full_refresh=false" in path.read_text()
    }
    assert remembering == {
        "int_identity__record_history",
        "ml_models",
        "ml_model_operations",
        "ml_retraining_decision",
        "ml_promotion_gates",
        "ml_metrics",
        "ml_imbalance_comparison",
        "ml_tuning_trials",
        "ml_holdout_predictions",
        "fct_lead_score_history",
        "int_scoring__scored_rows",
        "fct_feature_importance",
    }
    assert {model for model in PLACES if _setting(model, "+transient") is False} == remembering


def test_models_that_are_one_process_have_a_warehouse_of_their_own() -> None:
    named = {
        model for model in PLACES if "SNOWFLAKE_MEMORY_WAREHOUSE" in (_setting(model, "+snowflake_warehouse") or "")
    }
    training = {
        "int_learning__imbalance_comparison",
        "int_learning__tuning_trials",
        "int_learning__holdout_predictions",
        "int_learning__gates",
        "int_learning__trained_model",
    }
    assert named == {"int_identity__clusters"} | training


def test_every_warehouse_falls_back_to_that_of_the_profile() -> None:
    named = [_setting(model, "+snowflake_warehouse") for model in PLACES]
    assert {one.split(" or ", 1)[1] for one in named if one} == {"target.get('warehouse', '') }}"}


def test_settings_of_models_name_models_that_exist() -> None:
    layers = {name: settings for name, settings in MODELS.items() if not name.startswith("+")}
    named = {(layer, model) for layer, settings in layers.items() for model in settings if not model.startswith("+")}
    assert {(PLACES.get(model), model) for _, model in named} == named
