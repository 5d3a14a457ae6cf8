"""Trees and a line together: each sees what the other cannot, and their log-odds add up to log-odds.

With few rows a regularised line is hard to beat, with many the trees are. How much each is to be believed is learnt
from rows that neither was trained on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import tee
from typing import Any

import numpy as np
import pandas as pd

from leadscore.learning.boosting import BoostedScorer
from leadscore.learning.calibration import Calibration
from leadscore.learning.encoding import FeatureSpec
from leadscore.learning.hybrid import LinearScorer
from leadscore.learning.newton import Floats, logistic_map

# Mean and standard deviation of the weights before held-out rows speak: of trees and line.
WEIGHT_PRIOR = ((0.6, 0.4), 0.25)
SHIFT_DEVIATION = 1.0  # of the log-odds at the average margin
# A line that says less than this is left out.
MIN_WEIGHT = 0.02


@dataclass(frozen=True)
class BlendedScorer:
    """tree_weight * log-odds of the trees + linear_weight * log-odds of the line, feature by feature."""

    trees: BoostedScorer
    linear: LinearScorer
    tree_weight: float
    linear_weight: float

    def margins(self, frame: pd.DataFrame) -> Floats:
        """Raw log-odds (n,)."""
        return self.tree_weight * self.trees.margins(frame) + self.linear_weight * self.linear.margins(frame)

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Raw log-odds split by feature (n, f + 1), base value last; each row sums to its margin."""
        trees, linear = self.trees.contributions(frame), self.linear.contributions(frame)
        return self.tree_weight * trees + self.linear_weight * linear

    def shifts(self, frame: pd.DataFrame, changes: Iterable[Mapping[str, Floats]]) -> Iterator[Floats]:
        """By how much each change of numeric columns moves the raw log-odds, (n,) each."""
        for_trees, for_line = tee(changes)
        for trees, linear in zip(self.trees.shifts(frame, for_trees), self.linear.shifts(frame, for_line), strict=True):
            yield self.tree_weight * trees + self.linear_weight * linear

    def to_dict(self) -> dict[str, Any]:
        return {
            "trees": self.trees.to_dict(),
            "linear": self.linear.to_dict(),
            "tree_weight": self.tree_weight,
            "linear_weight": self.linear_weight,
        }

    @classmethod
    def from_dict(cls, features: tuple[FeatureSpec, ...], stored: dict[str, Any]) -> BlendedScorer:
        return cls(
            BoostedScorer.from_dict(features, stored["trees"]),
            LinearScorer.from_dict(features, stored["linear"]),
            stored["tree_weight"],
            stored["linear_weight"],
        )


def learn_weights(trees: Floats, linear: Floats, label: Floats) -> tuple[float, float, Calibration]:
    """Weights of trees and line, and the shift that calibrates their sum, from held-out margins and labels (n,).

    The maximum of likelihood times normal priors (stacking in log-odds, Wolpert 1992). Neither may count against itself.
    """
    parts = np.column_stack([trees, linear])
    centre = parts.mean(axis=0)
    weights, used = np.zeros(2), np.array([True, True])
    mean = np.array([float(centre.mean()), *WEIGHT_PRIOR[0]])
    precision = np.array([SHIFT_DEVIATION, WEIGHT_PRIOR[1], WEIGHT_PRIOR[1]]) ** -2.0
    X = np.column_stack([np.ones(len(label)), parts - centre])
    for _ in range(2):
        columns = np.append(True, used)
        if not used.all():
            mean[1:][used] = 1.0
        found = logistic_map(X[:, columns], label, prior_mean=mean[columns], prior_precision=precision[columns]).coef
        weights[used], weights[~used] = found[1:], 0.0
        if (weights[used] >= MIN_WEIGHT).all():
            break
        used = weights == weights.max()
    weights = np.where(used, np.maximum(weights, MIN_WEIGHT), 0.0)
    return float(weights[0]), float(weights[1]), Calibration(1.0, float(found[0] - weights @ centre))
