"""What the Python nodes before training do: ways to train are compared, and what was chosen becomes one row."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pyarrow as pa

from leadscore.learning import imbalance
from leadscore.learning.choosing import FIGURES, SPACE, Backtest, compare_imbalance, family_weights, tune
from leadscore.pipeline import KEYS

AUTO = "auto"
# After reasons of these, which say that the world has changed, the newer a snapshot is the more it counts.
CHANGED = {"drift", "performance_down"}
HALF_LIFE_HORIZONS = 2
_COUNTS = ["n_rounds", "n_rows", "n_positive"]


def imbalance_comparison(rows: pa.Table, parameters: pa.Table, catalogue: pa.Table) -> pa.Table:
    """The ways to treat rare conversions on held-out time, or only the one that the variable fixes."""
    wanted = parameters.to_pylist()[0]
    fixed = wanted["class_imbalance"]
    found = compare_imbalance(_backtest(rows, wanted, catalogue), imbalance.WAYS if fixed == AUTO else [fixed])
    return _table(found, {"class_imbalance": pa.string()}, FIGURES)


def tuning_trials(rows: pa.Table, parameters: pa.Table, comparison: pa.Table, catalogue: pa.Table) -> pa.Table:
    """The trials of tuning with the chosen treatment of rare conversions; none while tuning is off."""
    wanted = parameters.to_pylist()[0]
    found = tune(
        _backtest(rows if wanted["tuning_trials"] else rows.slice(0, 0), wanted, catalogue),
        wanted["tuning_trials"],
        wanted["tuning_minutes"],
        _chosen_way(comparison),
        wanted["random_seed"],
    )
    return _table(found, {"trial": pa.int64(), "max_depth": pa.int64()}, [*SPACE, *FIGURES])


def settings(
    parameters: pa.Table, decision: pa.Table, comparison: pa.Table, trials: pa.Table, catalogue: pa.Table
) -> pa.Table:
    """The parameters, and beside them as JSON the arguments of `fit` that were chosen: `training_options`.

    Args:
        parameters, decision, comparison, trials: `int_learning__parameters`, `int_learning__decision`,
            `int_learning__imbalance_comparison` and `int_learning__tuning_trials`.
        catalogue: feature and family of `feature_catalogue`.
    """
    wanted = parameters.to_pylist()[0]
    weights, fixed = _weights(wanted, catalogue), wanted["class_imbalance"]
    options: dict[str, Any] = {"class_imbalance": _chosen_way(comparison) if fixed == AUTO else fixed}
    if CHANGED & set((decision["reasons"][0].as_py() or "").split(", ")):
        options["half_life_days"] = HALF_LIFE_HORIZONS * wanted["horizon_days"]
    if weights:
        options["feature_weights"] = weights
    for trial in trials.to_pylist():
        # The first trial is the defaults, which nothing need be said about.
        if trial["is_chosen"] and trial["trial"]:
            options |= {name: trial[name] for name in SPACE}
    return parameters.append_column("training_options", pa.array([json.dumps(options, sort_keys=True)]))


def _weights(wanted: dict[str, Any], catalogue: pa.Table) -> dict[str, float]:
    families = dict(zip(catalogue["feature"].to_pylist(), catalogue["family"].to_pylist(), strict=True))
    return family_weights(wanted["feature_family_weights"], families)


def _backtest(rows: pa.Table, wanted: dict[str, Any], catalogue: pa.Table) -> Backtest:
    keys = rows.select(KEYS).to_pandas()
    return Backtest.of(
        rows.drop_columns(KEYS),
        keys["is_converted"],
        keys["as_of"],
        keys["account_key"],
        keys["lead_id"],
        wanted["horizon_days"],
        max_rows=wanted["comparison_max_rows"],
        seed=wanted["random_seed"],
        nthread=wanted["training_threads"],
        feature_weights=_weights(wanted, catalogue),
    )


def _chosen_way(comparison: pa.Table) -> str:
    return next((row["class_imbalance"] for row in comparison.to_pylist() if row["is_chosen"]), imbalance.NONE)


def _table(found: pd.DataFrame, kinds: dict[str, pa.DataType], figures: list[str]) -> pa.Table:
    kinds = {
        **dict.fromkeys(figures, pa.float64()),
        **dict.fromkeys(_COUNTS, pa.int64()),
        "is_chosen": pa.bool_(),
        **kinds,
    }
    return pa.table({name: pa.array(found[name], kinds[name], from_pandas=True) for name in map(str, found)})
