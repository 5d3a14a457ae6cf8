"""Random draws and ids, each a few vectorised lines."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Array = npt.NDArray[Any]
Rng = np.random.Generator


def stream(seed: int, topic: str) -> Rng:
    """An independent generator per topic, so that one part of the world can change without stirring the others."""
    return np.random.default_rng([seed & (2**63 - 1), zlib.crc32(topic.encode())])


def weighted(rng: Rng, weights: Any, size: int) -> Array:
    """`size` positions into `weights`, drawn in proportion to them."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    return np.asarray(np.searchsorted(edges, rng.random(size) * edges[-1], side="right"))


def weighted_rows(rng: Rng, weights: Array) -> Array:
    """One position per row of a (rows, choices) weight matrix."""
    edges = np.cumsum(weights, axis=1)
    return np.asarray((rng.random(len(weights))[:, None] * edges[:, -1:] >= edges).sum(axis=1))


def chance(rng: Rng, probability: Any, size: int) -> Array:
    """`size` booleans, true with this probability (a number or one per row)."""
    return np.asarray(rng.random(size) < probability)


def occurrence(keys: Any) -> Array:
    """0 for the first row with a key, 1 for the second and so on."""
    return pd.Series(keys).groupby(keys, sort=False).cumcount().to_numpy()


def choose(condition: Any, values: Any, otherwise: Any = None) -> Array:
    """`values` where the condition holds, elsewhere `otherwise`: np.where for texts, which may be missing."""
    return np.asarray(np.where(condition, values, otherwise))


def texts(values: Any) -> Array:
    """An object array of texts with None for what is missing: plain to index, plain to write."""
    found = np.asarray(values, dtype=object)
    return choose(pd.notna(found), found)


def salesforce_ids(prefix: str, numbers: Any) -> Array:
    """Ids of 18 characters as Salesforce forms them, ascending with `numbers`."""
    digits = pc.utf8_lpad(pa.array(np.asarray(numbers, dtype=np.int64)).cast(pa.string()), 10, "0")
    return np.asarray(pc.binary_join_element_wise(prefix + "5e", digits, "AAQ", "").to_numpy(zero_copy_only=False))
