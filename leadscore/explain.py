"""Which contributions are worth telling, and how their values are written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

MIN_POINTS = 0.05
"""What moves a score by less is not told by itself."""


def top_reasons(points: ArrayLike, n_up: int = 5, n_down: int = 5, min_points: float = MIN_POINTS) -> NDArray[np.int16]:
    """Positions of the strongest contributions of each row, the base value not among them.

    ``points`` is (n, f), one column a feature. The result is (n, n_up + n_down): the largest positive ones first, then
    the largest negative ones, each by size, ties by position, filled with -1. Smaller ones than ``min_points`` are
    left out.
    """
    values = np.asarray(points, dtype=np.float64)
    rows = np.arange(len(values))
    reasons = np.full((len(values), n_up + n_down), -1, dtype=np.int16)
    for start, n, sign in ((0, n_up, 1.0), (n_up, n_down, -1.0)):
        # Of equal sizes the largest is the first. Taking the largest a few times is quicker than sorting them all.
        size = np.where(np.isnan(values), -np.inf, sign * values)
        for place in range(start, start + min(n, size.shape[1])):
            chosen = size.argmax(axis=1)
            reasons[:, place] = np.where(size[rows, chosen] >= min_points, chosen, -1)
            size[rows, chosen] = -np.inf
    return reasons


def value_texts(column: pa.Array) -> pa.StringArray:
    """Values as text, null where missing: fractions with four significant digits at most, all else as it stands."""
    if not pa.types.is_floating(column.type):
        return column.cast(pa.string())
    return number_texts(column.to_numpy(zero_copy_only=False).astype(np.float64))


def number_texts(numbers: NDArray[np.float64]) -> pa.StringArray:
    """Each number's text, null for NaN; values come again and again, so each different one is written once."""
    # By their bits, for a negative zero has a text of its own.
    codes, different = pd.factorize(numbers.view(np.int64))
    texts = pa.array(
        [None if np.isnan(number) else f"{number:.4g}" for number in different.view(np.float64)], pa.string()
    )
    return texts.take(pa.array(codes))
