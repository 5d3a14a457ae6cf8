"""How fast contributions come, beside XGBoost's own and WoodElf's: `python benchmarks/treeshap.py`.

Numbers are standard normal, one in ten is missing; the label hangs on all features and on products of some. Every
explainer gets the same booster and rows in the same process, after one call that compiles what it compiles. WoodElf
(`pip install woodelf-explainer`) is left out where it is not installed; nothing else needs it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray

from leadscore import treeshap

TRAINING_ROWS = 100_000


def made(rng: np.random.Generator, rows: int, features: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Features (rows, features) and their label."""
    X = rng.normal(size=(rows, features)).astype(np.float32)
    X[rng.random(X.shape) < 0.1] = np.nan
    known = np.nan_to_num(X)
    margin = known @ rng.normal(scale=0.4, size=features) + known[:, 0] * known[:, 1] + known[:, 2] * (known[:, 3] > 0)
    return X, (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.float64)


def seconds(task: Callable[[], Any], times: int) -> float:
    """The shortest of several runs: what the machine does when nobody disturbs it."""

    def once() -> float:
        started = time.perf_counter()
        task()
        return time.perf_counter() - started

    return min(once() for _ in range(times))


def rows_per_second(booster: xgb.Booster, X: NDArray[np.float32], threads: int, share: int) -> dict[str, float]:
    """Rows explained a second by each explainer; XGBoost's, the slow one, does one row in `share`."""
    explainer = treeshap.Explainer(booster)
    some = xgb.DMatrix(X[: len(X) // share])
    found, known = (
        explainer.contributions(X[:2_000], threads),
        booster.predict(xgb.DMatrix(X[:2_000]), pred_contribs=True),
    )
    print(f"largest difference from pred_contribs {np.abs(found - known).max():.1e}", flush=True)
    rates = {
        "leadscore": len(X) / seconds(lambda: explainer.contributions(X, threads), 5),
        "pred_contribs": some.num_row() / seconds(lambda: booster.predict(some, pred_contribs=True), 2),
    }
    try:
        from woodelf import WoodelfExplainer
    except ImportError:
        return rates
    frame = pd.DataFrame(X, columns=[f"f{position}" for position in range(X.shape[1])])
    woodelf = WoodelfExplainer(booster, feature_perturbation="tree_path_dependent")
    values = np.asarray(woodelf.shap_values(frame.head(2_000), verbose=False))
    print(f"WoodElf's largest difference from pred_contribs {np.abs(values - known[:, :-1]).max():.1e}", flush=True)
    rates["woodelf"] = len(X) / seconds(lambda: woodelf.shap_values(frame, verbose=False), 2)
    return rates


def main() -> None:
    """Train a model of each depth, explain, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--features", type=int, default=60)
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--depths", type=int, nargs="+", default=[3, 4, 6])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print("| depth | rows/s | pred_contribs | ratio | WoodElf | ratio | first call |\n|---|---|---|---|---|---|---|")
    for depth in options.depths:
        X, label = made(np.random.default_rng(depth), max(options.rows, TRAINING_ROWS), options.features)
        settings = {"objective": "binary:logistic", "max_depth": depth, "eta": 0.1, "nthread": options.threads}
        booster = xgb.train(settings, xgb.DMatrix(X[:TRAINING_ROWS], label[:TRAINING_ROWS]), options.trees)
        first = seconds(lambda booster=booster, X=X: treeshap.contributions(booster, X[:1]), 1)
        rates = rows_per_second(booster, X[: options.rows], options.threads, {3: 4, 4: 10}.get(depth, 40))
        own, slow, wood = rates["leadscore"], rates["pred_contribs"], rates.get("woodelf", np.nan)
        print(
            f"| {depth} | {own:,.0f} | {slow:,.0f} | {own / slow:.0f}x | {wood:,.0f} | {own / wood:.1f}x | {first:.1f} s |",
            flush=True,
        )


if __name__ == "__main__":
    main()
