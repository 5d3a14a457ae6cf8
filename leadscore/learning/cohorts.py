"""How good were the model's predictions, week by week, once the horizon has passed? Beside the quality it was trained with.

A week of leads holds few conversions, so a cohort reaches back until it holds enough of them: the more conversions a company has,
the sooner a loss shows. PR-AUC depends on the base rate; it is worked out at the baseline's, as if conversions were as common as then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy import stats

from leadscore.learning.metrics import all_metrics
from leadscore.learning.newton import Floats

WORSE = {
    "roc_auc": "less",
    "pr_auc": "less",
    "lift_at_decile": "less",
    "log_loss": "greater",
    "ece": "greater",
    "calibration_slope": "two-sided",
    "calibration_intercept": "two-sided",
    "base_rate": "two-sided",
}
"""The figures reported, and which way each is worse."""
ENOUGH_CONVERSIONS, MAX_WEEKS = 200, 13
FEW_CONVERSIONS = 30
"""With fewer, a figure is shown and nothing is concluded from it."""
N_BOOT = 50
Z_95 = 1.959964

Interval = tuple[float, float, float]


def baseline_of(metrics: str | None) -> dict[str, Interval]:
    """Value, lower and upper bound of each figure that the registry holds for the model out of time, as JSON."""
    found = json.loads(metrics or "{}").get("out_of_time", {}).get("model", {})
    return {name: tuple(np.nan if x is None else float(x) for x in found[name]) for name in WORSE if name in found}  # type: ignore[misc]


def cohorts(weeks: pd.Series, label: Floats) -> Iterator[tuple[object, np.ndarray]]:
    """Each week whose labels (n,) are all known, with the rows of its cohort: its own and those of the weeks before, newest first,
    until there are ENOUGH_CONVERSIONS or MAX_WEEKS weeks."""
    number, names = pd.factorize(weeks, sort=True)
    unknown = np.bincount(number, np.isnan(label), minlength=len(names)) > 0
    conversions = np.bincount(number, np.nan_to_num(label), minlength=len(names))
    until = len(names) if not unknown.any() else int(np.argmax(unknown))
    for week in range(until):
        first = week
        while first > 0 and week - first + 1 < MAX_WEEKS and conversions[first : week + 1].sum() < ENOUGH_CONVERSIONS:
            first -= 1
        yield names[week], np.flatnonzero((number >= first) & (number <= week))


def performance(
    label: Floats, probability: Floats, owner: np.ndarray, baseline: Mapping[str, Interval], seed: int = 0
) -> Iterator[dict[str, object]]:
    """Every figure of a cohort, (n,) each, with its 95 percent interval, its baseline, and the chance of being so much worse by luck.

    Whole owners are drawn with replacement. Baseline and cohort are both uncertain; the difference is held against both.
    """
    weight = at_base_rate(label, baseline.get("base_rate", (np.nan,) * 3)[0])
    codes = pd.factorize(pd.Series(owner))[0]
    rng = np.random.default_rng(seed)
    n_owners = int(codes.max()) + 1
    draws = pd.DataFrame(
        [
            _figures(
                label,
                probability,
                np.bincount(rng.integers(n_owners, size=n_owners), minlength=n_owners)[codes],
                weight,
            )
            for _ in range(N_BOOT)
        ]
    )
    value = _figures(label, probability, np.ones(len(label)), weight)
    enough = label.sum() >= FEW_CONVERSIONS
    for name, worse in WORSE.items():
        drawn = draws[name].dropna()
        spread = float(drawn.std()) if len(drawn) > 1 else np.nan
        then, lower, upper = baseline.get(name, (np.nan,) * 3)
        z = (value[name] - then) / np.hypot(spread, (upper - lower) / (2 * Z_95))
        chance = {"less": stats.norm.cdf(z), "greater": stats.norm.sf(z), "two-sided": 2 * stats.norm.sf(abs(z))}[worse]
        yield {
            "metric": name,
            "value": value[name],
            "lower": value[name] - Z_95 * spread,
            "upper": value[name] + Z_95 * spread,
            "baseline": then,
            "baseline_lower": lower,
            "baseline_upper": upper,
            "p_value": float(chance) if enough else np.nan,
        }


def at_base_rate(label: Floats, rate: float) -> Floats:
    """Weights (n,) at which a share `rate` of labels (n,) are ones; all one where that cannot be."""
    positives = label.sum()
    negatives = len(label) - positives
    if not (0 < rate < 1) or not positives or not negatives:
        return np.ones(len(label))
    return np.where(label > 0, 1.0, (1 - rate) / rate * positives / negatives)


def _figures(label: Floats, probability: Floats, times: np.ndarray, weight: Floats) -> dict[str, float]:
    """The figures of rows counted so many times; PR-AUC with the weights besides."""
    found = all_metrics(label, probability, times)
    found["pr_auc"] = _average_precision(label, probability, times * weight)
    return {name: found[name] for name in WORSE}


def _average_precision(label: Floats, probability: Floats, weight: Floats) -> float:
    """Average precision of weighted rows, ties taken together: precision weighted by the recall gained at each probability."""
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.diff(probability[order]) != 0, True)
    chosen, hits = weight[order].cumsum()[last], (weight * label)[order].cumsum()[last]
    precision = np.divide(hits, chosen, out=np.zeros_like(chosen), where=chosen > 0)
    return float(np.diff(hits, prepend=0.0) @ precision / hits[-1]) if hits[-1] > 0 else np.nan
