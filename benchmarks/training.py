"""Time and memory of training on many snapshots: `python benchmarks/training.py [--rows 500000] [--features 80]`.

Simulated snapshots of leads with their accounts, a quarter of the features counts with many zeros, some categories (one of
them of 2,000 levels), a tenth of the values missing, and two conversions in a hundred. Timed are the evaluation on held-out
time and accounts and the training on all rows, as a build does them, then the training once more: its artifact must have
the same hash. Peak memory is that of the process.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.special import expit

from leadscore.learning import dump_artifact, evaluate, fit

T = TypeVar("T")


def snapshots(rows: int, features: int, seed: int = 7) -> tuple[pd.DataFrame, np.ndarray, dict[str, np.ndarray]]:
    """Features, label and keys."""
    rng = np.random.default_rng(seed)
    lead = rng.integers(0, rows // 4, rows)
    account = lead // 3
    table: dict[str, object] = {}
    margin = np.full(rows, -4.8)
    for number in range(features):
        name = f"feature_{number:02d}"
        if number % 20 == 0:
            levels = 2_000 if number == 0 else 12
            codes = rng.integers(0, levels, rows)
            margin += rng.normal(0, 0.4, levels)[codes]
            table[name] = pd.Categorical.from_codes(codes, [f"level {code}" for code in range(levels)])
            continue
        values = rng.poisson(0.4, rows).astype(float) if number % 4 == 1 else rng.normal(size=rows)
        if number < 40:
            margin += rng.normal(0, 0.25) * np.minimum(values, 3)
        values[rng.random(rows) < 0.1] = np.nan
        table[name] = values
    label = rng.random(rows) < expit(margin)
    day = np.datetime64("2023-01-01") + rng.integers(0, 700, rows).astype("timedelta64[D]")
    return pd.DataFrame(table), label, {"as_of": day, "account": account, "lead": lead}


def timed(what: str, task: Callable[[], T]) -> T:
    """The task's result; its seconds by the clock and of processor are printed."""
    wall, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    result = task()
    now = resource.getrusage(resource.RUSAGE_SELF)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    print(f"{what:<12} {time.perf_counter() - wall:>7.1f} s  {processor:>7.1f} s of processor", flush=True)
    return result


def main() -> None:
    """Evaluate, train twice, compare the hashes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--features", type=int, default=80)
    options = parser.parse_args()
    features, label, keys = snapshots(options.rows, options.features)
    print(f"{len(label):,} snapshots x {features.shape[1]} features, {label.mean():.2%} conversions")
    found = timed(
        "evaluation", lambda: evaluate(features, label, keys["as_of"], keys["account"], keys["lead"], n_boot=200)
    )
    print(
        found.metrics.query(
            "split == 'out_of_time' and metric in ('log_loss', 'roc_auc', 'calibration_slope')"
        ).to_string()
    )
    hashes = []
    for turn in ("training", "once more"):
        model = timed(turn, lambda: fit(features, label, **keys))
        hashes.append(dump_artifact(model)[1])
    print({name: model.params[name] for name in ("n_rounds", "n_folds", "n_members", "nthread")})
    print(
        f"{len(dump_artifact(model)[0]) / 1e6:.1f} MB of artifact, hashes {'equal' if len(set(hashes)) == 1 else 'DIFFER'}"
    )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GB")


if __name__ == "__main__":
    main()
