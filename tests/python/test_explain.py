"""The reasons told are the strongest ones, each sign in its place, the same every time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from leadscore.explain import top_reasons

# Whole numbers make ties.
points = hnp.arrays(
    np.int64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=12), elements=st.integers(-4, 4)
)


@given(points, st.integers(0, 6), st.integers(0, 6))
def test_reasons_are_those_of_a_plain_sort(values, n_up, n_down):
    found = top_reasons(values, n_up, n_down)
    assert found.shape == (len(values), n_up + n_down)
    assert found.dtype == np.int16
    for row, reasons in zip(values, found, strict=True):
        up = sorted((i for i in range(len(row)) if row[i] > 0), key=lambda i: (-row[i], i))[:n_up]
        down = sorted((i for i in range(len(row)) if row[i] < 0), key=lambda i: (row[i], i))[:n_down]
        padding = [-1] * 12
        assert reasons.tolist() == (up + padding)[:n_up] + (down + padding)[:n_down]


def test_what_is_too_small_to_tell_is_left_out():
    assert top_reasons([[0.04, -0.04, 0.06, -0.05]], 2, 2).tolist() == [[2, -1, 3, -1]]
    assert top_reasons([[0.04, -0.04]], 1, 1, min_points=0.01).tolist() == [[0, 1]]


def test_a_missing_contribution_is_no_reason():
    assert top_reasons([[np.nan, 1.0, -1.0]], 2, 2).tolist() == [[1, -1, 2, -1]]
