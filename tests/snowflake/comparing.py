"""What tells two tables apart that two engines made of the same input."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TOLERANCE = 1e-9
"""How far numbers may differ, relative to their size or at all."""
OWN_HASHES = {"block_hash"}
"""Columns of an engine's own hash function: what counts is that the same values meet, which all other columns show."""


def differences(ours: Mapping[str, pa.Table], theirs: Mapping[str, pa.Table]) -> dict[str, str]:
    """Where the tables differ, `table` or `table.column`, and how. Keys, texts, dates and flags must be equal, numbers almost."""
    found = {name: "is there only once" for name in ours.keys() ^ theirs.keys()}
    for name in sorted(ours.keys() & theirs.keys()):
        found |= {f"{name}{where}": how for where, how in table_differences(ours[name], theirs[name]).items()}
    return found


def table_differences(ours: pa.Table, theirs: pa.Table) -> dict[str, str]:
    """The same for one table: "" for the whole of it, ".column" for a column."""
    if ours.column_names != theirs.column_names:
        return {"": f"has the columns {ours.column_names} and {theirs.column_names}"}
    if ours.num_rows != theirs.num_rows:
        return {"": f"has {ours.num_rows} and {theirs.num_rows} rows"}
    ours, theirs = _in_order(_plain(ours)), _in_order(_plain(theirs))
    found = {}
    for name in ours.column_names:
        unequal = _unequal(ours[name], theirs[name])
        if unequal.any():
            row = int(np.argmax(unequal))
            pair = f"{ours[name][row].as_py()!r} and {theirs[name][row].as_py()!r}"
            found[f".{name}"] = f"differs in {unequal.sum()} of {len(unequal)} rows, as in {pair}"
    return found


def _plain(table: pa.Table) -> pa.Table:
    """The same values in fewer types: whole numbers, floats, text, flags, dates, timestamps; lists as JSON."""
    return pa.table({name: _plain_column(table[name]) for name in table.column_names if name not in OWN_HASHES})


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_decimal(kind):
        return column.cast(pa.int64() if kind.scale == 0 else pa.float64())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us"))
    if pa.types.is_list(kind):
        texts = [None if items is None else json.dumps(items) for items in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    return column


def _in_order(table: pa.Table) -> pa.Table:
    """The rows in the order of all columns, floats last and rounded, so that a tiny difference does not move a row."""
    exact = [
        name for name in table.column_names if not pa.types.is_floating(table[name].type) and not _is_list(table[name])
    ]
    keys = {name: table[name] for name in exact}
    keys |= {name: pc.round(table[name], 6) for name in table.column_names if pa.types.is_floating(table[name].type)}
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys])
    return table.take(order)


def _is_list(column: pa.ChunkedArray) -> bool:
    """Whether a column holds lists as JSON, which two engines write with other figures at the end."""
    first = next((value for value in column.to_pylist() if value is not None), None)
    return isinstance(first, str) and first.startswith("[")


def _unequal(ours: pa.ChunkedArray, theirs: pa.ChunkedArray) -> np.ndarray:
    """For each row whether the values differ."""
    mine, yours = ours.to_pylist(), theirs.to_pylist()
    if pa.types.is_floating(ours.type) or pa.types.is_floating(theirs.type):
        a, b = (
            np.array([np.nan if value is None else value for value in values], dtype=float) for values in (mine, yours)
        )
        missing = np.array(
            [(one is None) != (other is None) for one, other in zip(mine, yours, strict=True)], dtype=bool
        )
        return missing | ~np.isclose(a, b, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    if _is_list(ours) and _is_list(theirs):
        return np.array([not _same(one, other) for one, other in zip(mine, yours, strict=True)], dtype=bool)
    return np.array([one != other for one, other in zip(mine, yours, strict=True)], dtype=bool)


def _same(ours: str | None, theirs: str | None) -> bool:
    """Whether two lists hold the same, numbers almost."""
    if ours is None or theirs is None or ours == theirs:
        return ours == theirs
    mine, yours = json.loads(ours), json.loads(theirs)
    if len(mine) != len(yours):
        return False
    numbers = [isinstance(value, float | int) for value in mine]
    if numbers != [isinstance(value, float | int) for value in yours] or not any(numbers):
        return mine == yours
    return all(
        abs(one - other) <= TOLERANCE * max(1, abs(one)) if is_number else one == other
        for one, other, is_number in zip(mine, yours, numbers, strict=True)
    )
