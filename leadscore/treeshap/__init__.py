"""Exact path-dependent TreeSHAP of an XGBoost model, fast enough for every lead.

The value of a coalition of features at one leaf is the leaf's value times, over the features on its path, o (does the
row follow this feature's splits, 0 or 1) if the feature is in the coalition, or z (the share of training cover that
does) if not. Its multilinear extension at t is v * prod(t * o + (1 - t) * z), and the Shapley value of feature i is the
integral over t from 0 to 1 of the derivative in i, v * (o_i - z_i) * prod over the others (Owen 1972): a polynomial of
degree below the number of features on the path, so half as many Gauss-Legendre points make the integral exact. One
walk of a tree carries the products down and the values of the subtrees back up, for a block of rows at once.

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
from leadscore.treeshap.program import Program, programs
from leadscore.treeshap.trees import Floats, Trees

# Rows handed to a thread at a time: enough to be worth a call, few enough to share evenly.
ROWS_PER_TASK = 2_048


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

    def __post_init__(self) -> None:
        if not isinstance(self.booster, xgb.Booster):
            raise LeadscoreError(
                f"Contributions are those of an xgboost.Booster, not of {type(self.booster).__name__}. "
                "Of a scikit-learn wrapper give get_booster()."
            )

    @cached_property
    def trees(self) -> Trees:
        return Trees.of(self.booster)

    @cached_property
    def _programs(self) -> list[Program]:
        return programs(self.trees)

    def contributions(self, features: Any, nthread: int | None = None) -> Floats:
        """See ``treeshap.contributions``."""
        matrix = self._matrix(features)
        if len(matrix) and not is_compiled():
            return self._by_xgboost(matrix)
        out = np.zeros((len(matrix), self.trees.n_features + 1))
        out[:, -1] = self.trees.base_value
        if len(matrix):
            _walk(self._programs, matrix, out, nthread or _cores())
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
        # A float64 beyond the range of float32 becomes infinite, as in XGBoost.
        with np.errstate(over="ignore"):
            if isinstance(features, pd.DataFrame):
                return self._from_frame(features)
            try:
                values = np.asarray(features)
            except ValueError as error:
                raise LeadscoreError(
                    f"The features are no matrix: {error}. Give as many values in every row."
                ) from None
            if not _is_real(values.dtype):
                values = _as_numbers(values, "The matrix of features")
            matrix = np.asarray(values, dtype=np.float32, order="C")
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
        twice = [name for name in names if frame.columns.get_loc(name).__class__ is not int]
        if twice:
            raise LeadscoreError(f"The feature '{twice[0]}' appears more than once in the table; keep one of them.")
        if len(names) != self.trees.n_features:
            raise LeadscoreError(
                f"The table has {len(names)} columns, but the model reads {self.trees.n_features} and knows no names. "
                "Give its columns in the model's order and no others."
            )
        matrix = np.empty((len(frame), len(names)), dtype=np.float32)
        for position, name in enumerate(names):
            matrix[:, position] = self._column(frame[name], position)
        return matrix

    def _column(self, column: pd.Series[Any], position: int) -> NDArray[Any]:
        """The column as numbers, categories as the codes they had in training."""
        stored = self.trees.categories[position] if self.trees.categories else ()
        if stored and not isinstance(column.dtype, pd.CategoricalDtype):
            if pd.api.types.is_numeric_dtype(column.dtype) and column.notna().any():
                raise LeadscoreError(
                    f"The feature '{column.name}' is a category of the model but holds plain numbers, which may mean "
                    "codes or categories. Give it the dtype category."
                )
            column = column.astype("category")
        if not isinstance(column.dtype, pd.CategoricalDtype):
            if not _is_real(column.dtype):
                return _as_numbers(column.to_numpy(dtype=object, na_value=np.nan), f"The feature '{column.name}'")
            return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
        types = self.booster.feature_types
        if not stored and types and types[position] != "c":
            raise LeadscoreError(
                f"The feature '{column.name}' holds categories, but the model learnt it as a number. Give numbers."
            )
        known = {category: float(code) for code, category in enumerate(stored or column.cat.categories)}
        unseen = [category for category in column.dropna().unique() if category not in known]
        if unseen:
            raise LeadscoreError(
                f"The feature '{column.name}' holds the category {unseen[0]!r}, which the model has never seen. "
                "Make it missing, or train again."
            )
        codes = [known.get(category, np.nan) for category in column.cat.categories]
        return np.array([*codes, np.nan])[column.cat.codes.to_numpy()]


def _is_real(dtype: Any) -> bool:
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype)


def _as_numbers(values: NDArray[Any], what: str) -> NDArray[np.float64]:
    """Objects that are numbers, True, False or missing (None, NaN, NA) as float64; LeadscoreError for anything else."""
    flat = pd.Series(values.ravel(), dtype=object)
    kind = pd.api.types.infer_dtype(flat, skipna=True)
    if flat.notna().any() and kind not in ("boolean", "integer", "floating", "mixed-integer-float", "decimal"):
        example = flat.dropna().iloc[0]
        raise LeadscoreError(f"{what} should hold numbers but holds {kind} values such as {str(example)[:40]!r}.")
    numbers = flat.where(flat.notna(), np.nan).to_numpy().astype(np.float64)
    return np.asarray(numbers.reshape(values.shape))


def _walk(programs: list[Program], matrix: NDArray[np.float32], out: Floats, nthread: int) -> None:
    """Add the programs' contributions to out, rows shared between threads; numba is imported here, not before."""
    from leadscore.treeshap.kernel import walk

    walks = [(walk(program.points.shape[1]), program) for program in programs]

    def task(first: int) -> None:
        for compiled, program in walks:
            compiled(matrix, out, first, min(first + ROWS_PER_TASK, len(matrix)), *program)

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
