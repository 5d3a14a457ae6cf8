"""Categories of many levels as numbers: how often rows of the same level converted.

A tree that may put hundreds of levels on either side of a split finds luck. So a category of many levels enters as
the rate of its level, drawn to the rate of all rows as by SMOOTHING more rows of it (Micci-Barreca 2001). A row of
training is told the rate of the other rows only, those of other accounts where accounts are known: its own label,
and its colleagues', would otherwise be read off its features. So rows of one level are told different rates, and the
level itself stands beside them as its rank by frequency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadscore.learning.encoding import category_values
from leadscore.learning.newton import Floats

# A category of more levels than this enters as its rates.
MIN_LEVELS = 9
SMOOTHING = 10.0
# The most frequent levels are remembered; an artifact must not carry a column of names.
MAX_RATED_LEVELS = 10_000
N_PARTS = 10


@dataclass(frozen=True)
class LevelRates:
    """The conversion rate of each level of a feature, of a missing value, and of a level never seen."""

    name: str
    levels: tuple[str, ...]
    rates: tuple[float, ...]
    missing: float
    unseen: float

    def of(self, column: pd.Series[Any]) -> Floats:
        """The rates (n,) of a column's values."""
        codes, texts = category_values(column, self.name)
        known = self._known
        return np.array([*(known.get(text, self.unseen) for text in texts), self.missing])[codes]

    def ranks(self, column: pd.Series[Any]) -> Floats:
        """The ranks (n,) of a column's values by frequency, from 0: beyond all where never seen, NaN where missing."""
        codes, texts = category_values(column, self.name)
        place = {level: float(rank) for rank, level in enumerate(self.levels)}
        return np.array([*(place.get(text, float(len(self.levels))) for text in texts), np.nan])[codes]

    @property
    def _known(self) -> dict[str, float]:
        return dict(zip(self.levels, self.rates, strict=True))


@dataclass(frozen=True)
class Levels:
    """A column of training as codes (n,) into its levels, most frequent first; missing is the code after the last."""

    name: str
    levels: tuple[str, ...]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, column: pd.Series[Any], name: str) -> Levels:
        given, texts = category_values(column, name)
        # One text may stand at several codes.
        unique = list(dict.fromkeys(texts))
        same = {text: code for code, text in enumerate(unique)}
        merged = np.array([same[text] for text in texts], dtype=np.int64)
        counts = np.bincount(merged[given[given >= 0]], minlength=len(unique))
        order = np.lexsort((np.array(unique, dtype=object), -counts))
        order = order[counts[order] > 0]
        place = np.full(len(unique) + 1, len(order))
        place[order] = np.arange(len(order))
        codes = place[np.append(merged, len(unique))[given]]
        return cls(name, tuple(unique[position] for position in order), codes)

    @property
    def ranks(self) -> Floats:
        """The ranks (n,) by frequency, as ``LevelRates.ranks`` will tell them."""
        ranks = np.minimum(self.codes, MAX_RATED_LEVELS).astype(np.float64)
        return np.where(self.codes == len(self.levels), np.nan, ranks)

    def learn(self, rows: NDArray[np.bool_] | slice, label: Floats) -> LevelRates:
        """The rates among some of the rows."""
        rates = self.rates_among(rows, label)
        kept = min(len(self.levels), MAX_RATED_LEVELS)
        unseen = float(_overall(label[rows].sum(), len(label[rows])))
        return LevelRates(self.name, self.levels[:kept], tuple(map(float, rates[:kept])), float(rates[-1]), unseen)

    def rates_among(self, rows: NDArray[np.bool_] | slice, label: Floats) -> Floats:
        """The rate of each level, and last of a missing value, among some of the rows."""
        codes, y = self.codes[rows], label[rows]
        ones = np.bincount(codes, weights=y, minlength=len(self.levels) + 1)
        count = np.bincount(codes, minlength=len(self.levels) + 1)
        return _smoothed(ones, count, _overall(y.sum(), len(y)))

    def out_of_part(self, rows: NDArray[np.bool_] | slice, label: Floats, part: NDArray[np.int64]) -> Floats:
        """The rate (n,) of each of some rows' levels among those of these rows that are in another part."""
        codes, y, part = self.codes[rows], label[rows], part[rows]
        shape = (len(self.levels) + 1, N_PARTS)
        cell = codes * N_PARTS + part
        ones = np.bincount(cell, weights=y, minlength=shape[0] * shape[1]).reshape(shape)
        count = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
        ones, count = ones.sum(axis=1, keepdims=True) - ones, count.sum(axis=1, keepdims=True) - count
        return np.asarray(_smoothed(ones, count, _overall(ones.sum(axis=0), count.sum(axis=0)))[codes, part])


def _overall(ones: Any, count: Any) -> Any:
    """A rate with half a one and half a zero added."""
    return (ones + 0.5) / (count + 1.0)


def _smoothed(ones: Any, count: Any, overall: Any) -> Floats:
    return np.asarray((ones + SMOOTHING * overall) / (count + SMOOTHING))
