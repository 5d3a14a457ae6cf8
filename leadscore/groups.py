"""Features that speak of the same thing, explained as one line: their points summed, by topic and by family."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leadscore.pipeline import in_slices

KINDS = ("topic", "family")
# A feature that the catalogue does not know.
OTHER = "other"

Scorer = Callable[[pa.RecordBatch], pa.RecordBatch]


@dataclass(frozen=True)
class Group:
    """A topic or a family and the positions of its features, in the order of the model's features."""

    kind: str
    name: str
    members: tuple[int, ...]


def groups_of(features: Sequence[str], catalogue: pa.Table) -> tuple[Group, ...]:
    """The groups of a model's features: first the topics, then the families, each in order of name.

    ``catalogue`` has the columns feature, topic and family. Every feature belongs to one group of each kind.
    """
    rows = {row["feature"]: row for row in catalogue.select(["feature", *KINDS]).to_pylist()}
    found = []
    for kind in KINDS:
        members: dict[str, list[int]] = {}
        for position, feature in enumerate(features):
            name = rows.get(feature, {}).get(kind) or OTHER
            members.setdefault(name, []).append(position)
        found += [Group(kind, name, tuple(members[name])) for name in sorted(members)]
    return tuple(found)


def summed(points: NDArray[np.float64], groups: Sequence[Group]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Each group's points and its leading feature, both (n, number of groups), of points (n, f).

    The leading feature is the one that moves the score furthest in the direction of its group, the first of equals.
    Each row is summed by itself, so the result does not depend on the rows beside it.
    """
    sums = np.zeros((len(points), len(groups)))
    leading = np.zeros((len(points), len(groups)), dtype=np.int64)
    for position, group in enumerate(groups):
        members = np.array(group.members)
        own = np.ascontiguousarray(points[:, members])
        sums[:, position] = own.sum(axis=1)
        direction = np.where(sums[:, position] < 0, -1.0, 1.0)
        leading[:, position] = members[np.argmax(own * direction[:, None], axis=1)]
    return sums, leading


def with_groups(score: Scorer, registry: pa.Table, catalogue: pa.Table) -> Scorer:
    """The scorer with `group_*` lists added to what it gives: one item a group, in the order of `groups_of`.

    Args:
        score: what `pipeline.scorer` gives for the same registry.
        registry: one row of `ml_models`.
        catalogue: `feature_catalogue`.
    """
    features = json.loads(registry.to_pylist()[0]["feature_names"])
    groups = groups_of(features, catalogue)
    kinds = pa.array([group.kind for group in groups], pa.string())
    names = pa.array([group.name for group in groups], pa.string())
    feature_names = pa.array(features, pa.string())

    def scored_and_grouped(batch: pa.RecordBatch) -> pa.RecordBatch:
        scored = score(batch)
        n = scored.num_rows
        points = scored.column("points").flatten().to_numpy(zero_copy_only=False).reshape(n, len(features))
        sums, leading = summed(points.astype(np.float64, copy=False), groups)
        cells = np.arange(n)[:, None] * len(features) + leading
        every = np.tile(np.arange(len(groups)), n)
        added = {
            "group_kinds": kinds.take(pa.array(every)),
            "group_names": names.take(pa.array(every)),
            "group_points": pa.array(sums.ravel(), pa.float64()),
            "group_features": feature_names.take(pa.array(leading.ravel())),
            "group_values": scored.column("feature_values").flatten().take(pa.array(cells.ravel())),
        }
        offsets = pa.array(np.arange(n + 1, dtype=np.int32) * len(groups))
        lists = {name: pa.ListArray.from_arrays(offsets, values) for name, values in added.items()}
        columns = dict(zip(scored.schema.names, scored.columns, strict=True)) | lists
        return pa.RecordBatch.from_pydict(columns)

    return in_slices(scored_and_grouped)
