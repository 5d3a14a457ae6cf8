"""How good are probabilities? Weighted, tie-aware and quick enough to bootstrap.

Every metric is a function of rows sorted by probability with weights, so that a resample of accounts is nothing but
another vector of weights. Accuracy is absent on purpose: always saying no would win it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from leadscore.learning.newton import Floats, logistic_map

TINY = 1e-15  # probabilities are held this far from 0 and 1 before a logarithm
DECILE = 0.1
N_BINS = 10
MAX_STEPS = 4_096

METRICS = (
    "roc_auc",
    "pr_auc",
    "log_loss",
    "brier",
    "calibration_slope",
    "calibration_intercept",
    "ece",
    "ks",
    "lift_at_decile",
    "precision_at_decile",
    "precision_at_threshold",
    "recall_at_threshold",
    "f1_at_threshold",
    "base_rate",
)


@dataclass(frozen=True)
class Ranked:
    """Rows sorted by falling probability.

    ``surprise`` is each row's log loss. ``last`` marks the last row of each run of equal probabilities. For the
    calibration slope, neighbours share their mean log-odds in at most MAX_STEPS steps, each from one ``step`` to the
    next: the same to six digits, and quick.
    """

    order: NDArray[np.int64]
    label: Floats
    probability: Floats
    surprise: Floats
    last: NDArray[np.int64]
    step: NDArray[np.int64]
    step_margin: Floats

    @classmethod
    def of(cls, label: ArrayLike, probability: ArrayLike) -> Ranked:
        p = np.asarray(probability, dtype=np.float64)
        order = np.argsort(-p, kind="stable")
        p = p[order]
        y = np.asarray(label, dtype=np.float64)[order]
        last = np.flatnonzero(np.append(p[1:] != p[:-1], True)) if len(p) else np.empty(0, dtype=np.int64)
        held = np.clip(p, TINY, 1 - TINY)
        margin, surprise = logit(held), -(y * np.log(held) + (1 - y) * np.log1p(-held))
        step = np.unique(np.linspace(0, len(p), min(len(p), MAX_STEPS), endpoint=False).astype(np.int64))
        mean = np.add.reduceat(margin, step) / np.diff(step, append=len(p)) if len(p) else margin
        return cls(order, y, p, surprise, last, step, mean)


def all_metrics(
    label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None, threshold: float | None = None
) -> dict[str, float]:
    """Every metric of METRICS by name, of labels and probabilities (n,); NaN where a single class leaves none.

    threshold: the probability from which a row counts as chosen; without one the metrics at the threshold are NaN.
    """
    ranked = Ranked.of(label, probability)
    weights = np.ones(len(ranked.label)) if weight is None else np.asarray(weight, float)[ranked.order]
    return _metrics(ranked, weights, threshold)


def roc_auc(label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """The chance that a converting row ranks above one that does not, ties counted half."""
    return all_metrics(label, probability, weight)["roc_auc"]


def pr_auc(label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Average precision: precision weighted by the recall gained at each threshold."""
    return all_metrics(label, probability, weight)["pr_auc"]


def log_loss(label: ArrayLike, probability: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Mean negative log-likelihood, in nats."""
    return all_metrics(label, probability, weight)["log_loss"]


def reachable_skill(label: ArrayLike, probability: ArrayLike, true_probability: ArrayLike) -> float:
    """The share of the reachable skill in log loss: 0 as the base rate, 1 as the world's true probability."""
    y = np.asarray(label, dtype=np.float64)
    base = log_loss(y, np.full(len(y), y.mean() if len(y) else np.nan))
    reachable = base - log_loss(y, true_probability)
    return (base - log_loss(y, probability)) / reachable if reachable > 0 else float("nan")


def _metrics(ranked: Ranked, w: Floats, threshold: float | None = None) -> dict[str, float]:
    """All metrics of sorted rows under weights (n,) in the same order."""
    y, p, last = ranked.label, ranked.probability, ranked.last
    rows = float(w.sum())
    wy = w * y
    positives = float(wy.sum())
    if rows <= 0:
        return dict.fromkeys(METRICS, float("nan"))
    true_pos = wy.cumsum()[last]
    chosen = w.cumsum()[last]
    predicted = (w * p).cumsum()[last]
    base_rate = positives / rows
    in_decile = float(np.interp(DECILE * rows, np.append(0.0, chosen), np.append(0.0, true_pos)))
    both = 0 < positives < rows
    slope, intercept = _calibration(ranked, w, wy) if both else (np.nan, np.nan)
    result = {
        "roc_auc": _roc_auc(true_pos, chosen) if both else np.nan,
        "pr_auc": _average_precision(true_pos, chosen) if positives > 0 else np.nan,
        "log_loss": _dot(w, ranked.surprise) / rows,
        "brier": _dot(w, (p - y) ** 2) / rows,
        "calibration_slope": slope,
        "calibration_intercept": intercept,
        "ece": _ece(chosen, true_pos, predicted),
        "ks": _ks(true_pos, chosen) if both else np.nan,
        "lift_at_decile": in_decile / (DECILE * rows) / base_rate if positives > 0 else np.nan,
        "precision_at_decile": in_decile / (DECILE * rows),
        **_at_threshold(ranked, w, wy, threshold),
        "base_rate": base_rate,
    }
    return {name: float(result[name]) for name in METRICS}


def _dot(a: Floats, b: Floats) -> float:
    """a . b on one thread: waking others costs more than the sum, and their order of adding varies."""
    return float(np.einsum("i,i->", a, b))


def _roc_auc(true_pos: Floats, chosen: Floats) -> float:
    false_pos = chosen - true_pos
    area = np.trapezoid(np.append(0.0, true_pos), np.append(0.0, false_pos))
    return float(area / (true_pos[-1] * false_pos[-1]))


def _ks(true_pos: Floats, chosen: Floats) -> float:
    """Kolmogorov-Smirnov: the widest gap between the shares of both classes that stand above a probability."""
    false_pos = chosen - true_pos
    return float(np.max(np.abs(true_pos / true_pos[-1] - false_pos / false_pos[-1])))


def _at_threshold(ranked: Ranked, w: Floats, wy: Floats, threshold: float | None) -> dict[str, float]:
    """Precision, recall and their harmonic mean when all rows from a probability upwards are chosen.

    Precision is NaN where no row is chosen, recall and F1 where none is positive.
    """
    n = len(ranked.probability) if threshold is None else int(np.searchsorted(-ranked.probability, -threshold, "right"))
    hits, chosen, positives = float(wy[:n].sum()), float(w[:n].sum()), float(wy.sum())
    known = threshold is not None
    return {
        "precision_at_threshold": hits / chosen if known and chosen > 0 else np.nan,
        "recall_at_threshold": hits / positives if known and positives > 0 else np.nan,
        "f1_at_threshold": 2 * hits / (chosen + positives) if known and positives > 0 else np.nan,
    }


def _average_precision(true_pos: Floats, chosen: Floats) -> float:
    precision = np.divide(true_pos, chosen, out=np.zeros_like(chosen), where=chosen > 0)
    return _dot(np.diff(true_pos, prepend=0.0), precision) / float(true_pos[-1])


def _ece(chosen: Floats, true_pos: Floats, predicted: Floats) -> float:
    """Expected calibration error over ten bins of equal weight; rows tied across an edge are shared by weight."""
    edges = np.linspace(0.0, chosen[-1], N_BINS + 1)
    gap = np.interp(edges, np.append(0.0, chosen), np.append(0.0, true_pos - predicted))
    return float(np.abs(np.diff(gap)).sum() / chosen[-1])


def _calibration(ranked: Ranked, w: Floats, wy: Floats) -> tuple[float, float]:
    """Calibration slope and intercept, both NaN where the classes can be told apart and no answer is finite.

    The slope is that of the label's logistic regression on the predicted log-odds: 1 is calibrated, less is
    overconfident. The intercept is calibration in the large, the shift of all log-odds that makes the mean
    prediction right: 0 is calibrated (Van Calster et al. 2019).
    """
    margin = ranked.step_margin
    weight, positive = np.add.reduceat(w, ranked.step), np.add.reduceat(wy, ranked.step)
    y = np.divide(positive, weight, out=np.zeros_like(weight), where=weight > 0)
    centre = float(margin @ weight / weight.sum())
    X = np.column_stack([np.ones_like(margin), margin - centre])
    none = np.zeros(2)
    start = np.array([logit(positive.sum() / weight.sum()), 0.0])
    slope = logistic_map(X, y, weight=weight, prior_mean=none, prior_precision=none, start=start)
    shift = logistic_map(X[:, :1], y, weight=weight, prior_mean=none[:1], prior_precision=none[:1], offset=margin)
    return (
        float(slope.coef[1]) if slope.converged else np.nan,
        float(shift.coef[0]) if shift.converged else np.nan,
    )


def with_intervals(
    label: ArrayLike,
    probability: ArrayLike,
    cluster: Any = None,
    n_boot: int = 200,
    seed: int = 0,
    threshold: float | None = None,
) -> pd.DataFrame:
    """Every metric with its 95 % interval: columns metric, value, lower, upper.

    Whole clusters (n,), accounts for instance, are drawn with replacement, because rows of one account are not
    independent (Field and Welsh 2007); without clusters single rows are. The interval is the percentile one.
    threshold: the probability from which a row counts as chosen.
    """
    ranked = Ranked.of(label, probability)
    draws = [
        list(_metrics(ranked, weight[ranked.order], threshold).values())
        for weight in _draws(cluster, len(ranked.label), n_boot, seed)
    ]
    value = np.array(list(_metrics(ranked, np.ones(len(ranked.label)), threshold).values()))
    lower, upper = _percentiles(np.array(draws).reshape(-1, len(METRICS)), value)
    return pd.DataFrame({"metric": METRICS, "value": value, "lower": lower, "upper": upper})


def gains_over(
    label: ArrayLike,
    probability: ArrayLike,
    other: ArrayLike,
    cluster: Any = None,
    n_boot: int = 200,
    seed: int = 0,
    threshold: float | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """By how much each metric of one vector of probabilities (n,) exceeds that of another, with intervals of this confidence.

    Both are judged in the same draws of whole clusters, so what makes a draw easy or hard for both falls out of the
    difference. threshold: the probability from which a row counts as chosen. Columns metric, value, lower, upper, reference (the
    metric of the other).
    """
    ours, theirs = Ranked.of(label, probability), Ranked.of(label, other)

    def both(weight: Floats) -> tuple[Floats, Floats]:
        return tuple(np.array(list(_metrics(one, weight[one.order], threshold).values())) for one in (ours, theirs))  # type: ignore[return-value]

    draws = [np.subtract(*both(weight)) for weight in _draws(cluster, len(ours.label), n_boot, seed)]
    mine, reference = both(np.ones(len(ours.label)))
    lower, upper = _percentiles(np.array(draws).reshape(-1, len(METRICS)), mine - reference, confidence)
    return pd.DataFrame(
        {"metric": METRICS, "value": mine - reference, "lower": lower, "upper": upper, "reference": reference}
    )


def _draws(cluster: Any, n_rows: int, n_boot: int, seed: int) -> Iterator[Floats]:
    """Weights (n,) of draws with replacement, of whole clusters if given: how often each row was drawn."""
    codes = np.arange(n_rows) if cluster is None else pd.factorize(pd.Series(cluster), use_na_sentinel=False)[0]
    n_clusters = int(codes.max()) + 1 if n_rows else 0
    rng = np.random.default_rng(seed)
    for _ in range(n_boot if n_rows else 0):
        times = np.bincount(rng.integers(n_clusters, size=n_clusters), minlength=n_clusters)
        yield times[codes].astype(np.float64)


def _percentiles(draws: Floats, value: Floats, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """The bounds (m,) between which this share of the draws (d, m) lies; NaN where value (m,) or every draw is."""
    lower, upper = np.full((2, len(value)), np.nan)
    known = np.isfinite(draws).any(axis=0) & np.isfinite(value)
    if known.any():
        lower[known], upper[known] = np.nanpercentile(
            draws[:, known], 50 * np.array([1 - confidence, 1 + confidence]), axis=0
        )
    return lower, upper
