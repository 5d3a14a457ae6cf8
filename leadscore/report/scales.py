"""From values to places in a picture: straight, square-root and logarithmic scales with round ticks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LINEAR, SQRT, LOG1P = "linear", "sqrt", "log1p"
_BENDS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    LINEAR: lambda values: values,
    SQRT: lambda values: np.sqrt(np.maximum(values, 0)),
    LOG1P: lambda values: np.log1p(np.maximum(values, 0)),
}


@dataclass(frozen=True)
class Scale:
    """Maps low..high to 0..1; values beyond are held at the ends."""

    low: float
    high: float
    bend: str = LINEAR

    def __call__(self, values: ArrayLike) -> NDArray[np.float64]:
        """Places in 0..1, of any shape."""
        bend = _BENDS[self.bend]
        ends = bend(np.array([self.low, self.high], dtype=np.float64))
        if ends[1] <= ends[0]:
            return np.full(np.shape(values), 0.5)
        placed = (bend(np.asarray(values, dtype=np.float64)) - ends[0]) / (ends[1] - ends[0])
        return np.asarray(np.clip(placed, 0, 1))

    def at(self, value: float) -> float:
        """The place of one value."""
        return float(self(np.array([value]))[0])

    def ticks(self, most: int = 5) -> list[float]:
        """Round values within the scale, at most about as many, ascending and apart enough to be labelled."""
        if self.high <= self.low:
            return [self.low]
        return _straight(self.low, self.high, most) if self.bend == LINEAR else self._bent(most)

    def _bent(self, most: int) -> list[float]:
        """Zero, then 1, 2 and 5 of each power from the top, each kept if it stands far enough from all before."""
        powers = range(math.floor(math.log10(max(self.high, 1e-9))), -4, -1)
        found = [0.0, *(step * 10.0**power for power in powers for step in (5, 2, 1))]
        if self.bend == LOG1P and self.high >= 10:
            found = [value for value in found if value >= 1 or value == 0]
        kept: list[float] = []
        for value in found:
            if self.low <= value <= self.high and all(abs(self.at(value) - self.at(k)) >= 0.8 / most for k in kept):
                kept.append(value)
        return sorted(kept) or [self.low]


def _straight(low: float, high: float, most: int) -> list[float]:
    rough = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 10) + 0.0 for k in range(first, last + 1)]


def fitting(values: NDArray[np.float64]) -> Scale:
    """The scale for a feature's values: logarithmic if they are counts or sums with a long tail."""
    if not len(values):
        return Scale(0, 1)
    low, high, middle = float(values.min()), float(values.max()), float(np.median(values))
    long_tail = low >= 0 and high >= 20 and high - middle > 4 * (middle - low)
    return Scale(low, high, LOG1P if long_tail else LINEAR)
