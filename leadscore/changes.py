"""Why a score moved since the lead was scored before, in points that add up to the difference of the raw scores.

The difference between two scores has two causes: the lead changed, and the model changed. What the lead changed is
told by the model of then, whose points of today's features are compared with its points of the features of then,
feature by feature. What is left is what the model of today says otherwise of the same features: one line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from leadscore import scorecard
from leadscore.errors import LeadscoreError
from leadscore.explain import MIN_POINTS, value_texts
from leadscore.learning import LeadModel, load_artifact
from leadscore.pipeline import in_slices

THEN = "then_"
"""What the names of columns of the earlier scoring begin with."""
MODEL, OTHERS = "model_change", "all_other_features"
ROUNDING = 1e-9
"""What sums of floats may differ by, in points."""
KEYS = ("lead_id", "then_as_of", "as_of", "then_model_version", "model_version", "then_raw_score", "raw_score")

Line: TypeAlias = "tuple[NDArray[np.int64], pa.StringArray, pa.StringArray, pa.StringArray, pa.DoubleArray]"
"""A cause and what it does to some leads: their positions, its name, its values then and now, its points."""


def teller(registry: pa.Table) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """The function that tells why the scores of a batch of leads moved.

    Args:
        registry: the rows of `ml_models` that scored the leads before.

    Returns:
        A function of a batch with `KEYS`, the features of today and, with `THEN` before their names, those of then. It
        gives `KEYS` and the lists `features`, `then_values`, `now_values` and `points`: a line per feature that
        moves the score by `MIN_POINTS` or more, one for the model if it is another, and one for all else, if any is
        left. A model of then that cannot be read any more, or that asks for features that are gone, cannot tell what
        the lead changed: its line carries the whole difference.
    """
    models = {row["model_version"]: row for row in registry.to_pylist()}

    def model_of(version: str) -> LeadModel | None:
        row = models.get(version)
        try:
            return load_artifact(row["artifact"], row["artifact_sha256"]) if row else None
        except LeadscoreError:
            return None

    def tell(batch: pa.RecordBatch) -> pa.RecordBatch:
        keys = batch.select(list(KEYS)).to_pandas()
        lines: list[Line] = []
        for version, rows in keys.groupby("then_model_version", sort=True).indices.items():
            position = np.sort(rows).astype(np.int64)
            part = batch.take(pa.array(position))
            lines += [(position[at], *rest) for at, *rest in _lines(part, keys.iloc[position], model_of(str(version)))]
        return _as_lists(batch, lines)

    return in_slices(tell)


def _lines(batch: pa.RecordBatch, keys: pd.DataFrame, model: LeadModel | None) -> list[Line]:
    """Lines of leads that one model scored before: positions in the batch, features, values then and now, points."""
    difference = (keys["raw_score"] - keys["then_raw_score"]).to_numpy(dtype=np.float64)
    is_renewed = (keys["model_version"] != keys["then_model_version"]).to_numpy()
    lines: list[Line] = []
    told = np.zeros(len(keys))
    by_model = difference.copy()
    if model is not None and _knows(model, batch):
        now = batch.select(model.feature_names)
        then = batch.select([THEN + name for name in model.feature_names]).rename_columns(model.feature_names)
        moved = model.contributions(now)[:, :-1] - model.contributions(then)[:, :-1]
        points = scorecard.points_from_log_odds(moved)
        by_model = difference - points.sum(axis=1)
        strong = np.abs(points) >= MIN_POINTS
        for place, name in enumerate(model.feature_names):
            at = np.nonzero(strong[:, place])[0]
            if len(at):
                values = [value_texts(table.column(name).take(pa.array(at))) for table in (then, now)]
                lines.append((at, pa.repeat(name, len(at)), *values, pa.array(points[at, place])))
        told = np.where(strong, points, 0.0).sum(axis=1)
    else:
        is_renewed = np.full(len(keys), True)
    at = np.nonzero(is_renewed)[0]
    lines.append(_nameless(at, MODEL, by_model))
    rest = difference - told - np.where(is_renewed, by_model, 0.0)
    at = np.nonzero(np.abs(rest) > ROUNDING)[0]
    lines.append(_nameless(at, OTHERS, rest))
    return lines


def _nameless(at: NDArray[np.int64], name: str, points: NDArray[np.float64]) -> Line:
    """A line of some leads that is no feature's."""
    none = pa.nulls(len(at), pa.string())
    return at, pa.repeat(name, len(at)), none, none, pa.array(points[at])


def _knows(model: LeadModel, batch: pa.RecordBatch) -> bool:
    there = set(batch.schema.names)
    return all(name in there and THEN + name in there for name in model.feature_names)


def _as_lists(batch: pa.RecordBatch, lines: list[Line]) -> pa.RecordBatch:
    """A row per lead of the batch with its lines as lists, in the order they were found."""
    position = np.concatenate([np.empty(0, dtype=np.int64), *[line[0] for line in lines]])
    order = np.argsort(position, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(position, minlength=batch.num_rows))]).astype(np.int32)

    def listed(column: int, kind: pa.DataType) -> pa.ListArray:
        flat = pa.concat_arrays([pa.nulls(0, kind), *[line[column] for line in lines]])
        return pa.ListArray.from_arrays(pa.array(offsets), flat.take(pa.array(order)))

    return pa.RecordBatch.from_pydict(
        {name: batch.column(name) for name in KEYS}
        | {
            "features": listed(1, pa.string()),
            "then_values": listed(2, pa.string()),
            "now_values": listed(3, pa.string()),
            "points": listed(4, pa.float64()),
        }
    )
