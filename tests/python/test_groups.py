"""Groups sum their members, row by row, and are led by the member that pulls furthest their way."""

import json

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from leadscore.groups import OTHER, groups_of, summed, with_groups

CATALOGUE = pa.table(
    {
        "feature": ["visits_7d", "visits_30d", "days", "country"],
        "topic": ["visits", "visits", "age", "place"],
        "family": ["behaviour", "behaviour", "fit", "fit"],
    }
)


def test_every_feature_is_in_one_topic_and_one_family():
    groups = groups_of(["country", "visits_30d", "unheard of", "visits_7d"], CATALOGUE)
    assert [(group.kind, group.name, group.members) for group in groups] == [
        ("topic", OTHER, (2,)),
        ("topic", "place", (0,)),
        ("topic", "visits", (1, 3)),
        ("family", "behaviour", (1, 3)),
        ("family", "fit", (0,)),
        ("family", OTHER, (2,)),
    ]


@given(hnp.arrays(np.float64, (7, 4), elements=st.floats(-50, 50)))
def test_groups_of_a_kind_add_up_to_all_features(points):
    groups = groups_of(CATALOGUE["feature"].to_pylist(), CATALOGUE)
    sums, leading = summed(points, groups)
    for kind in ("topic", "family"):
        own = [position for position, group in enumerate(groups) if group.kind == kind]
        np.testing.assert_allclose(sums[:, own].sum(axis=1), points.sum(axis=1), atol=1e-9)
    for row, values in enumerate(points):
        for position, group in enumerate(groups):
            way = -1.0 if sums[row, position] < 0 else 1.0
            assert leading[row, position] in group.members
            assert way * values[leading[row, position]] == max(way * values[member] for member in group.members)


def test_a_row_is_summed_by_itself():
    points = np.random.default_rng(0).normal(size=(500, 4))
    groups = groups_of(CATALOGUE["feature"].to_pylist(), CATALOGUE)
    together = summed(points, groups)[0]
    assert (np.vstack([summed(points[row : row + 1], groups)[0] for row in range(500)]) == together).all()


def test_lists_are_added_to_what_the_scorer_gives():
    features = ["visits_7d", "visits_30d", "country"]
    registry = pa.table({"feature_names": [json.dumps(features)]})

    def score(batch):
        n = batch.num_rows
        points = pa.array([[3.0, -1.0, -4.0]] * n, pa.list_(pa.float64()))
        values = pa.array([["1", "2", None]] * n, pa.list_(pa.string()))
        return pa.RecordBatch.from_pydict({"points": points, "feature_values": values})

    grouped = with_groups(score, registry, CATALOGUE)
    found = grouped(pa.RecordBatch.from_pydict({"lead_id": ["a", "b"]}))
    assert found.to_pylist()[1] == {
        "points": [3.0, -1.0, -4.0],
        "feature_values": ["1", "2", None],
        "group_kinds": ["topic", "topic", "family", "family"],
        "group_names": ["place", "visits", "behaviour", "fit"],
        "group_points": [-4.0, 2.0, 2.0, -4.0],
        "group_features": ["country", "visits_7d", "visits_7d", "country"],
        "group_values": [None, "1", "1", None],
    }
    none = grouped(pa.RecordBatch.from_pydict({"lead_id": pa.array([], pa.string())}))
    assert none.num_rows == 0
    assert none.schema == found.schema
