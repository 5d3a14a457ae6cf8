"""Ways to show a learner rare events more often, and what makes its probabilities honest again.

None of them adds knowledge, and all of them move the base rate: by how much is known, so it is moved back exactly, in
log-odds (King and Zeng 2001). What is left is for the calibration, and the judgement for held-out rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError
from leadscore.learning.newton import Floats

NONE, WEIGHTS, UNDERSAMPLING, SMOTE = "none", "class_weights", "undersampling", "smote"
WAYS = (NONE, WEIGHTS, UNDERSAMPLING, SMOTE)
NEIGHBOURS = 5


@dataclass(frozen=True)
class Sample:
    """Rows to train on (n, f), their label (n,) and weight (n,), none if all weigh the same."""

    matrix: NDArray[np.float32]
    label: Floats
    weight: Floats | None = None

    @property
    def log_odds(self) -> float:
        """Log-odds of the weighted share of ones, half a one and half a zero added: where its booster starts."""
        weight = np.ones_like(self.label) if self.weight is None else self.weight
        ones = float(weight @ self.label)
        return float(np.log((ones + 0.5) / (float(weight.sum()) - ones + 0.5)))


def rebalanced(
    matrix: NDArray[np.float32],
    label: Floats,
    types: list[str],
    way: str = NONE,
    seed: int = 0,
    weight: Floats | None = None,
) -> Sample:
    """The rows with as many ones as zeros: by weight, by leaving out zeros at random, or by making up ones.

    types: "c" for a column of category codes, else "q". weight: (n,) what a row counts, all alike if none; what is made up
    counts as ones do on average. Where fewer than two of a class are there, or as many ones already, the rows come back
    as they are.
    """
    ones, zeros = int(label.sum()), int(len(label) - label.sum())
    if way == NONE or ones < 2 or zeros <= ones:
        return Sample(matrix, label, weight)
    if way == WEIGHTS:
        return Sample(matrix, label, np.where(label == 1, zeros / ones, 1.0) * (1.0 if weight is None else weight))
    if way == UNDERSAMPLING:
        drawn = np.random.default_rng(seed).choice(np.flatnonzero(label == 0), ones, replace=False)
        kept = np.sort(np.append(np.flatnonzero(label == 1), drawn))
        return Sample(matrix[kept], label[kept], None if weight is None else weight[kept])
    made = _smote(matrix, label, types, seed)
    if weight is None:
        return made
    return replace(made, weight=np.append(weight, np.full(len(made.label) - len(label), weight[label == 1].mean())))


def _smote(matrix: NDArray[np.float32], label: Floats, types: list[str], seed: int) -> Sample:
    """Made-up ones between neighbouring ones (Chawla et al. 2002, SMOTE-NC).

    Categories take the neighbours' most frequent. SMOTE knows no missing values: a missing number is the median for the
    distances, and whether it is missing is one more category, so that what is made up is missing as often.
    """
    try:
        from imblearn.over_sampling import SMOTE as PLAIN
        from imblearn.over_sampling import SMOTENC
    except ImportError:
        raise LeadscoreError(
            "SMOTE needs the package imbalanced-learn, which is not installed. Install it, or choose another way."
        ) from None
    category = np.array([kind == "c" for kind in types])
    missing = np.isnan(matrix)
    # A missing category is a category of its own; a column without any value is nothing to measure by.
    filled = np.where(missing, -1.0, matrix)
    with_gaps = np.flatnonzero(~category & missing.any(axis=0))
    for place in with_gaps:
        present = matrix[~missing[:, place], place]
        filled[missing[:, place], place] = np.median(present) if len(present) else 0.0
    table = np.hstack([filled, missing[:, with_gaps].astype(np.float32)])
    names = np.append(category, np.ones(len(with_gaps), dtype=bool))
    neighbours = min(NEIGHBOURS, int(label.sum()) - 1)
    if names.all():
        # SMOTE-NC wants a number among the categories.
        table, names = np.hstack([table, np.zeros((len(table), 1), table.dtype)]), np.append(names, False)
    way = SMOTENC(np.flatnonzero(names).tolist(), random_state=seed, k_neighbors=neighbours) if names.any() else None
    made, y = (way or PLAIN(random_state=seed, k_neighbors=neighbours)).fit_resample(table, label.astype(np.int8))
    made = np.asarray(made, dtype=np.float32)
    result = made[:, : len(types)]
    result[:, category] = np.where(result[:, category] < 0, np.nan, result[:, category])
    for number, place in enumerate(with_gaps):
        result[made[:, len(types) + number] > 0.5, place] = np.nan
    return Sample(result, np.asarray(y, dtype=np.float64))
