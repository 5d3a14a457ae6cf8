"""How good held-out predictions are, as curves: pure functions of labels and probabilities, ties shared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Predicted probabilities are compared with what came between these."""
MIN_BIN = 10
"""Rows that make a bin worth a dot; smaller ones join the next lower bin."""
Z = 1.959964


@dataclass(frozen=True)
class Bin:
    """Held-out rows of about the same predicted probability: how many, how many converted, and what was predicted."""

    low: float
    high: float
    n: int
    n_positive: int
    predicted: float

    @property
    def observed(self) -> float:
        """The share that converted."""
        return self.n_positive / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of that share (Wilson 1927), rows taken as independent."""
        return wilson(self.n_positive, self.n)


@dataclass(frozen=True)
class Ranking:
    """What a ranking finds, from the highest probability down, a place for every distinct probability.

    chosen: rows up to there; found: conversions among them. Both start at 0, so between two places lie tied rows.
    """

    chosen: Floats
    found: Floats

    @classmethod
    def of(cls, label: ArrayLike, probability: ArrayLike) -> Ranking:
        """Of labels and probabilities (n,)."""
        p = np.asarray(probability, dtype=np.float64)
        order = np.argsort(-p, kind="stable")
        p, y = p[order], np.asarray(label, dtype=np.float64)[order]
        last = np.flatnonzero(np.append(p[1:] != p[:-1], True)) if len(p) else np.empty(0, dtype=np.int64)
        return cls(np.append(0.0, last + 1.0), np.append(0.0, y.cumsum()[last]))

    @property
    def n(self) -> float:
        """All rows."""
        return float(self.chosen[-1])

    @property
    def n_positive(self) -> float:
        """All conversions."""
        return float(self.found[-1])

    def gains(self) -> tuple[Floats, Floats]:
        """Share of rows, share of the conversions found in them."""
        return self.chosen / self.n, self.found / self.n_positive

    def gain_at(self, share: ArrayLike) -> Floats:
        """Share of conversions found in the best `share` of rows."""
        return np.interp(np.asarray(share, dtype=np.float64), *self.gains())

    def lift_by_tenth(self) -> Floats:
        """How many times the average each tenth of the ranking converts, best first, (10,)."""
        return np.diff(self.gain_at(np.linspace(0, 1, 11))) * 10

    def roc(self) -> tuple[Floats, Floats]:
        """False positive rate, true positive rate."""
        return (self.chosen - self.found) / (self.n - self.n_positive), self.found / self.n_positive

    def precision_recall(self) -> tuple[Floats, Floats]:
        """Recall, precision; from the first place that holds a row."""
        return self.found[1:] / self.n_positive, self.found[1:] / self.chosen[1:]


def reliability(label: ArrayLike, probability: ArrayLike) -> list[Bin]:
    """Held-out rows by predicted probability, lowest first; bins of fewer than MIN_BIN rows join the one below."""
    y, p = np.asarray(label, dtype=bool), np.asarray(probability, dtype=np.float64)
    place = np.clip(np.searchsorted(EDGES, p, side="right") - 1, 0, len(EDGES) - 2)
    groups: list[list[int]] = []
    for k in range(len(EDGES) - 1):
        groups.append([k])
        # From the second on a thin bin joins its lower neighbour, and a thin lowest one takes in the next.
        while len(groups) > 1 and min(np.isin(place, groups[-1]).sum(), np.isin(place, groups[-2]).sum()) < MIN_BIN:
            groups[-2:] = [groups[-2] + groups[-1]]
    bins = []
    for group in groups:
        inside = np.isin(place, group)
        if inside.any():
            low, high = EDGES[group[0]], EDGES[group[-1] + 1]
            bins.append(Bin(low, high, int(inside.sum()), int(y[inside].sum()), float(p[inside].mean())))
    return bins


def wilson(n_positive: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    share, z2 = n_positive / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


def thinned(x: Floats, y: Floats, most: int = 240) -> tuple[Floats, Floats]:
    """At most about as many places of a curve, its corners and ends among them, for a picture that need not hold more."""
    if len(x) <= most:
        return x, y
    steps = np.searchsorted(np.linspace(0, 1, most), x / x[-1] if x[-1] > 0 else x, side="left")
    kept = np.flatnonzero(np.append(np.diff(steps) > 0, True))
    return np.append(x[0], x[kept]), np.append(y[0], y[kept])
