"""Which contributions are worth telling."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def top_reasons(points: ArrayLike, n_up: int = 5, n_down: int = 5, min_points: float = 0.05) -> NDArray[np.int16]:
    """Positions of the strongest contributions of each row, the base value not among them.

    ``points`` is (n, f), one column a feature. The result is (n, n_up + n_down): the largest positive ones first, then
    the largest negative ones, each by size, ties by position, filled with -1. Smaller ones than ``min_points`` are
    left out.
    """
    values = np.asarray(points, dtype=np.float64)
    reasons = np.full((len(values), n_up + n_down), -1, dtype=np.int16)
    for start, n, sign in ((0, n_up, 1.0), (n_up, n_down, -1.0)):
        # A stable sort on the negated size keeps ties in order of position.
        size = sign * values
        chosen = np.argsort(-size, axis=1, kind="stable")[:, :n]
        strong = np.take_along_axis(size, chosen, axis=1) >= min_points
        reasons[:, start : start + chosen.shape[1]] = np.where(strong, chosen, -1)
    return reasons
