"""Scoring a slice at a time and writing each value once change nothing."""

import numpy as np
import pyarrow as pa
import pytest

from leadscore import pipeline
from leadscore.explain import number_texts


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 23])
def test_slices_give_what_one_batch_gives(monkeypatch, rows):
    monkeypatch.setattr(pipeline, "SLICE_ROWS", 8)
    seen = []

    def function(batch):
        seen.append(batch.num_rows)
        lists = pipeline._lists(pa.array(np.repeat(batch.column("x").to_numpy(), 2)), batch.num_rows)
        return pa.RecordBatch.from_pydict({"x": batch.column("x"), "twice": lists})

    batch = pa.RecordBatch.from_pydict({"x": np.arange(rows)})
    found = pipeline.in_slices(function)(batch)
    assert max(seen) <= 8
    assert found.equals(function(batch))


def test_numbers_are_written_with_four_digits_and_missing_ones_not():
    numbers = np.array([0.0, -0.0, 1.0, 0.333333, np.nan, 1.0, 123456.0, np.inf])
    expected = ["0", "-0", "1", "0.3333", None, "1", "1.235e+05", "inf"]
    assert number_texts(numbers).to_pylist() == expected
