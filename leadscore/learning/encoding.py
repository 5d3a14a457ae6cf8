"""From a table of features to the float32 matrix the models read, the same way at training and at scoring.

Numeric columns keep their values; categories become the position of their level. Missing stays missing (NaN), and
infinities, which no model can weigh, count as missing. Columns are found by name, so their order does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError

Table: TypeAlias = "pd.DataFrame | pa.Table | pa.RecordBatch"

MAX_LEVELS = 40
OTHER = "(other)"
# A category is known by its first characters; nobody means more, and an artifact must not carry whole documents.
MAX_LEVEL_LENGTH = 200

_NUMBER_LIKE = {"boolean", "integer", "floating", "mixed-integer-float", "decimal"}
_TIME_LIKE = {"datetime64", "datetime", "date", "time", "timedelta64", "timedelta", "period"}


@dataclass(frozen=True)
class FeatureSpec:
    """One input of a model: its name, kind and, for a category, its levels in order of frequency.

    The last level is ``(other)`` when training saw more levels than were kept; it stands for those and for values
    never seen. Without it a value never seen counts as missing, because no row taught the model anything about it.
    """

    name: str
    kind: Literal["numeric", "categorical"]
    levels: tuple[str, ...] = ()


def as_frame(table: Table) -> pd.DataFrame:
    """The table as a DataFrame; texts of an Arrow table come as categories, which is cheaper than objects."""
    if isinstance(table, pd.DataFrame):
        texts = all(isinstance(name, str) for name in table.columns)
        return table if texts else table.set_axis([str(name) for name in table.columns], axis=1)
    if isinstance(table, (pa.Table, pa.RecordBatch)):
        return pd.DataFrame(table.to_pandas(strings_to_categorical=True))
    raise LeadscoreError(
        f"Features came as {type(table).__name__}; give a pandas DataFrame, an Arrow table or an Arrow record batch."
    )


def column_of(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """The column of that name; LeadscoreError if it is absent or there twice."""
    if name not in frame.columns:
        raise LeadscoreError(
            f"The feature '{name}' is missing from the table (it has {_shorten(map(str, frame.columns))}). "
            "Add the column, or train a new model without it."
        )
    if frame.columns.get_loc(name).__class__ is not int:
        raise LeadscoreError(f"The feature '{name}' appears more than once in the table; keep one of them.")
    return frame[name]


def numeric_values(column: pd.Series[Any], name: str) -> NDArray[np.float64]:
    """The column as float64, missing and infinite values as NaN; LeadscoreError if it holds anything but numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        by_code = numeric_values(pd.Series(column.cat.categories), name)
        return np.append(by_code, np.nan)[column.cat.codes.to_numpy()]
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        kind = pd.api.types.infer_dtype(column, skipna=True)
        if kind not in _NUMBER_LIKE and column.notna().any():
            raise LeadscoreError(
                f"The feature '{name}' should hold numbers but holds {kind} values such as "
                f"{_example(column)}. Cast the column to a number."
            )
        values = column.astype(object).where(column.notna(), np.nan).to_numpy().astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def category_values(column: pd.Series[Any], name: str) -> tuple[NDArray[np.int64], list[str]]:
    """Codes (n,) into the list of texts beside them, -1 where missing. One text may stand at several codes."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, uniques = column.cat.codes.to_numpy(), column.cat.categories
    else:
        try:
            codes, uniques = pd.factorize(column)
        except TypeError:
            raise LeadscoreError(
                f"The feature '{name}' holds nested values such as {_example(column)}; "
                "give numbers or texts, one value a cell."
            ) from None
    return codes.astype(np.int64), [_level_text(value) for value in uniques]


def learn_features(table: Table, max_levels: int = MAX_LEVELS) -> tuple[FeatureSpec, ...]:
    """One FeatureSpec per column, in the table's order.

    Numbers and booleans are numeric, texts and categories categorical with at most ``max_levels`` named levels, the
    most frequent first and ties by name. Dates and nested values end in a LeadscoreError.
    """
    frame = as_frame(table)
    return tuple(_learn_feature(column_of(frame, name), str(name), max_levels) for name in frame.columns)


def _learn_feature(column: pd.Series[Any], name: str, max_levels: int) -> FeatureSpec:
    is_category = isinstance(column.dtype, pd.CategoricalDtype)
    kind = "categorical" if is_category else pd.api.types.infer_dtype(column, skipna=True)
    if pd.api.types.is_datetime64_any_dtype(column.dtype) or kind in _TIME_LIKE:
        raise LeadscoreError(
            f"The feature '{name}' holds dates or times such as {_example(column)}; "
            "turn it into a number first, such as days before as_of."
        )
    if not is_category and (kind in _NUMBER_LIKE or pd.api.types.is_numeric_dtype(column.dtype)):
        return FeatureSpec(name, "numeric")
    codes, texts = category_values(column, name)
    rows = np.bincount(codes[codes >= 0], minlength=len(texts))
    counts = pd.Series(rows, index=pd.Index(texts, dtype=object)).groupby(level=0).sum()
    counts = counts[counts > 0]
    ordered = [str(text) for text in counts.index[np.lexsort((counts.index.to_numpy(), -counts.to_numpy()))]]
    if len(ordered) > max_levels:
        ordered = [text for text in ordered[:max_levels] if text != OTHER] + [OTHER]
    return FeatureSpec(name, "categorical", tuple(ordered))


def encode(table: Table, specs: Sequence[FeatureSpec]) -> NDArray[np.float32]:
    """The table as a float32 matrix (n_rows, n_features) in the order of the specs, missing values as NaN."""
    frame = as_frame(table)
    matrix = np.empty((len(frame), len(specs)), dtype=np.float32)
    with np.errstate(over="ignore"):
        for position, spec in enumerate(specs):
            matrix[:, position] = encode_column(column_of(frame, spec.name), spec)
    # A float64 beyond the range of float32 has become infinite.
    matrix[np.isinf(matrix)] = np.nan
    return matrix


def encode_column(column: pd.Series[Any], spec: FeatureSpec) -> NDArray[np.float64]:
    """One column as float64 (n,): its numbers, or the positions of its levels; NaN where missing."""
    if spec.kind == "numeric":
        return numeric_values(column, spec.name)
    codes, texts = category_values(column, spec.name)
    position = {level: float(i) for i, level in enumerate(spec.levels)}
    unseen = position.get(OTHER, np.nan)
    lookup = np.array([position.get(text, unseen) for text in texts] + [np.nan])
    return lookup[codes]


def xgboost_types(specs: Sequence[FeatureSpec]) -> list[str]:
    """XGBoost's feature types: 'q' for quantities, 'c' for categories."""
    return ["c" if spec.kind == "categorical" else "q" for spec in specs]


def _level_text(value: Any) -> str:
    """A category's text; 1, 1.0 and '1' are the same category, and so are True and 'true'."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)[:MAX_LEVEL_LENGTH]


def _example(column: pd.Series[Any]) -> str:
    present = column.dropna()
    return repr(present.iloc[0])[:80] if len(present) else "none"


def _shorten(names: Any, limit: int = 8) -> str:
    listed = list(names)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return (", ".join(listed[:limit]) + more) or "no columns"
