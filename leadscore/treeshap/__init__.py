"""Exact path-dependent TreeSHAP of an XGBoost model, fast enough for every lead.

The value of a coalition of features at one leaf is the leaf's value times, over the features on its path, o (does the
row follow this feature's splits, 0 or 1) if the feature is in the coalition, or z (the share of training cover that
does) if not. Its multilinear extension at t is v * prod(t * o + (1 - t) * z), and the Shapley value of feature i is the
integral over t from 0 to 1 of the derivative in i, v * (o_i - z_i) * prod over the others (Owen 1972): a polynomial of
degree below the number of features on the path, so half as many Gauss-Legendre points make the integral exact. One
walk of a tree carries the products down and the weighted leaf sums back up, for a block of rows at once.

The values are those of ``booster.predict(pred_contribs=True)`` (Lundberg et al. 2020), within float32.
"""

from __future__ import annotations

import importlib.util
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError
from leadscore.treeshap.program import Program, program
from leadscore.treeshap.trees import Floats, Trees

# Rows handed to a thread at a time: enough to be worth a call, few enough to share evenly.
ROWS_PER_TASK = 4_096


def contributions(booster: xgb.Booster | Explainer, features: Any, nthread: int | None = None) -> Floats:
    """Contributions in log-odds (n_rows, n_features + 1), the base value in the last column.

    features: (n, f) matrix in the booster's order, categories as their codes and missing values as NaN; or a DataFrame,
    whose columns are found by the booster's feature names. Infinities are compared like any number. An Explainer in
    place of the booster saves reading its trees again for every batch. Threads do not change the result.

    LeadscoreError for a model that is not a sum of trees in one log-odds, or for features that are not the model's.
    """
    explainer = booster if isinstance(booster, Explainer) else Explainer(booster)
    return explainer.contributions(features, nthread)


def is_compiled() -> bool:
    """Whether numba is there for the quick walk; without it XGBoost's own, slower contributions are used."""
    return importlib.util.find_spec("numba") is not None


@dataclass(frozen=True)
class Explainer:
    """A booster whose trees are read once for many batches of rows."""

    booster: xgb.Booster

    @cached_property
    def trees(self) -> Trees:
        return Trees.of(self.booster)

    @cached_property
    def _program(self) -> Program:
        return program(self.trees)

    def contributions(self, features: Any, nthread: int | None = None) -> Floats:
        """See ``treeshap.contributions``."""
        matrix = self._matrix(features)
        if len(matrix) and not is_compiled():
            return self._by_xgboost(matrix)
        out = np.zeros((len(matrix), self.trees.n_features + 1))
        out[:, -1] = self.trees.base_value
        if len(matrix) and len(self._program.depth):
            _walk(self._program, matrix, out, nthread or _cores())
        return out

    def _by_xgboost(self, matrix: NDArray[np.float32]) -> Floats:
        """XGBoost's own contributions. It takes no infinities, but the largest numbers fall on the same sides."""
        largest = np.finfo(np.float32).max
        data = xgb.DMatrix(
            np.clip(matrix, -largest, largest),
            feature_names=self.booster.feature_names,
            feature_types=self.booster.feature_types,
            enable_categorical=True,
        )
        return np.asarray(self.booster.predict(data, pred_contribs=True), dtype=np.float64)

    def _matrix(self, features: Any) -> NDArray[np.float32]:
        with np.errstate(over="ignore"):
            values = self._from_frame(features) if isinstance(features, pd.DataFrame) else features
            matrix = np.ascontiguousarray(values, dtype=np.float32)
        if matrix.ndim != 2 or matrix.shape[1] != self.trees.n_features:
            raise LeadscoreError(
                f"The features have the shape {matrix.shape}, but the model reads {self.trees.n_features} columns. "
                "Give the matrix in the model's order, or a DataFrame with its feature names."
            )
        return matrix

    def _from_frame(self, frame: pd.DataFrame) -> NDArray[np.float32]:
        frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
        names = list(self.trees.feature_names or frame.columns)
        missing = [name for name in names if name not in frame.columns]
        if missing:
            raise LeadscoreError(
                f"The table lacks the feature '{missing[0]}'"
                + (f" and {len(missing) - 1} more" if missing[1:] else "")
                + ", which the model reads. Add what is missing."
            )
        matrix = np.empty((len(frame), len(names)), dtype=np.float32)
        for position, name in enumerate(names):
            matrix[:, position] = self._column(frame[name], position)
        return matrix

    def _column(self, column: pd.Series[Any], position: int) -> NDArray[Any]:
        if not isinstance(column.dtype, pd.CategoricalDtype):
            return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
        stored = self.trees.categories[position] if self.trees.categories else ()
        known = {category: float(code) for code, category in enumerate(stored or column.cat.categories)}
        unseen = [category for category in column.dropna().unique() if category not in known]
        if unseen:
            raise LeadscoreError(
                f"The feature '{column.name}' holds the category {unseen[0]!r}, which the model has never seen. "
                "Make it missing, or train again."
            )
        codes = [known.get(category, np.nan) for category in column.cat.categories]
        return np.array([*codes, np.nan])[column.cat.codes.to_numpy()]


def _walk(program: Program, matrix: NDArray[np.float32], out: Floats, nthread: int) -> None:
    """Add the program's contributions to out, rows shared between threads; numba is imported here, not before."""
    from leadscore.treeshap.kernel import walk

    def task(first: int) -> None:
        walk(matrix, out, first, min(first + ROWS_PER_TASK, len(matrix)), *program)

    starts = range(0, len(matrix), ROWS_PER_TASK)
    if nthread == 1 or len(starts) < 2:
        for first in starts:
            task(first)
        return
    # Plain threads: the compiled walk lets go of the interpreter, and numba's own threads may not be entered twice.
    with ThreadPoolExecutor(nthread) as pool:
        list(pool.map(task, starts))


def _cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
