"""What agreements weigh: learnt where there is something to learn from, believed where there is not."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore.matching import HOUSEHOLD, PRIOR, weights

FIELDS = ["given", "family", "work", "phone", "birth", "street", "place", "role", "origin"]


@cache
def seeded() -> pa.Table:
    """The levels of the seed, typed as a build types them."""
    with (Path(__file__).parents[2] / "seeds" / "match_levels.csv").open(encoding="utf-8") as file:
        rows = [
            {
                **row,
                "level": int(row["level"]),
                "expected_share": float(row["expected_share"]),
                "rarity": row["rarity"] or None,
            }
            for row in csv.DictReader(file)
        ]
    return pa.Table.from_pylist(rows)


@pytest.fixture
def levels() -> pa.Table:
    return seeded()


def patterns(rows: list[dict[str, Any]], record_count: int) -> pa.Table:
    filled = [
        {**dict.fromkeys(FIELDS, 0), "rarity": 0.0, "pairs": 0, "random_pairs": 0, **row, "record_count": record_count}
        for row in rows
    ]
    names = [*FIELDS, "pairs", "random_pairs", "record_count"]
    schema = pa.schema([*[(name, pa.int64()) for name in names], ("rarity", pa.float64())])
    return pa.Table.from_pylist(filled, schema=schema)


def learnt(table: pa.Table) -> dict[tuple[str, int], dict[str, float]]:
    return {(row["field"], row["level"]): row for row in table.to_pylist()}


def test_the_share_of_matches_and_their_agreements_are_found(levels: pa.Table) -> None:
    # 10,000 records, 1,000 pairs of one person; of those nine in ten share a rare phone, all share both rare names.
    same = {"given": 1, "family": 1, "rarity": 20.0}
    rows = [
        {**same, "phone": 1, "rarity": 33.0, "pairs": 900},
        {**same, "phone": 2, "pairs": 100},
        {"given": 1, "family": 3, "phone": 2, "rarity": 7.0, "pairs": 20_000, "random_pairs": 800},
        {"given": 6, "family": 3, "phone": 2, "random_pairs": 99_000},
        {"given": 6, "family": 1, "phone": 2, "rarity": 9.0, "pairs": 10_000, "random_pairs": 200},
    ]
    found = learnt(weights(patterns(rows, 10_000), levels))
    assert found[PRIOR, 0]["m"] == pytest.approx(1_000 / (10_000 * 9_999 / 2), rel=0.1)
    assert found["phone", 1]["m"] == pytest.approx(0.9, abs=0.05)
    assert found["given", 6]["weight"] < -5 < 5 < -found["family", 3]["weight"]


def test_without_pairs_the_seed_is_believed(levels: pa.Table) -> None:
    expected = {(row["field"], row["level"]): row["expected_share"] for row in levels.to_pylist()}
    found = learnt(weights(patterns([], 0), levels))
    for (field, level), row in found.items():
        if field not in (PRIOR, HOUSEHOLD, "given", "role"):
            assert row["m"] == pytest.approx(expected[field, level], rel=0.02), (field, level)
    assert all(np.isfinite(row["weight"]) for row in found.values())


AGREEMENTS = st.fixed_dictionaries(
    {
        "given": st.integers(0, 7),
        "family": st.integers(0, 4),
        "work": st.integers(0, 8),
        "phone": st.integers(0, 2),
        "rarity": st.floats(0, 60),
        "pairs": st.integers(0, 10**6),
        "random_pairs": st.integers(0, 10**5),
    }
)


@settings(max_examples=50, deadline=None)
@given(st.lists(AGREEMENTS, max_size=12), st.integers(0, 10**6))
def test_weights_are_finite_shares_are_shares_and_the_same_twice(rows: list[dict[str, Any]], record_count: int) -> None:
    found = weights(patterns(rows, record_count), seeded())
    assert found.equals(weights(patterns(rows, record_count), seeded()))
    assert np.isfinite(found.column("weight").to_numpy()).all()
    assert found.column("m").to_pylist()[-1] > 0, "Of households there may be more than of matches."
    for name in ("m", "u"):
        shares = found.slice(0, found.num_rows - 1).column(name).to_numpy()
        assert ((shares >= 0) & (shares <= 1)).all()


def test_matches_among_the_pairs_drawn_at_random_do_not_pass_for_strangers(levels: pa.Table) -> None:
    # A hundred records that are fifty persons: one random pair in a hundred is a match, and agreeing is not common for that.
    alike = {"given": 1, "family": 1, "birth": 1, "phone": 1, "rarity": 20.0}
    unlike = {"given": 6, "family": 3, "birth": 5, "phone": 2}
    rows = [{**alike, "pairs": 50, "random_pairs": 50}, {**unlike, "pairs": 100, "random_pairs": 4_900}]
    found = learnt(weights(patterns(rows, 100), levels))
    assert found["birth", 1]["u"] < 0.5 / 100
    assert found[PRIOR, 0]["m"] == pytest.approx(50 / 4_950, rel=0.1)


def test_another_given_name_at_one_home_is_held_back_but_the_date_of_birth_speaks(levels: pa.Table) -> None:
    # Relatives share all but their given names and birthdays; who shares the birthday too may be one person with two names.
    shared = {"given": 6, "family": 1, "street": 1, "phone": 1, "rarity": 40.0}
    rows = [
        {**shared, "birth": 5, "pairs": 200},
        {**shared, "birth": 1, "pairs": 200},
        {"given": 6, "family": 3, "birth": 5, "street": 3, "phone": 2, "pairs": 1_000, "random_pairs": 100_000},
        {**shared, "given": 1, "birth": 1, "pairs": 1_000},
    ]
    found = learnt(weights(patterns(rows, 10_000), levels))
    assert 0.1 < found["given", 6]["m"] < 0.2
    assert found["birth", 1]["m"] > 0.9
    assert found[HOUSEHOLD, 0]["m"] == pytest.approx(200 / 1_200, rel=0.1)
    without = learnt(weights(patterns(rows[1:], 10_000), levels))
    assert without[HOUSEHOLD, 0]["m"] < 0.01


def test_a_level_weighs_what_it_says_beyond_the_word_that_is_shared(levels: pa.Table) -> None:
    # Of strangers in one city one in a hundred has a like postal code, of matches nine in ten.
    alike = {"given": 1, "family": 1, "phone": 1}
    rows = [
        {**alike, "place": 8, "rarity": 40.0, "pairs": 900},
        {**alike, "place": 2, "rarity": 40.0, "pairs": 100},
        {"given": 6, "family": 3, "phone": 2, "place": 2, "rarity": 10.0, "random_pairs": 990},
        {"given": 6, "family": 3, "phone": 2, "place": 8, "rarity": 10.0, "random_pairs": 10},
        {"given": 6, "family": 3, "phone": 2, "place": 5, "random_pairs": 99_000},
    ]
    found = learnt(weights(patterns(rows, 10_000), levels))
    assert found["place", 8]["weight"] == pytest.approx(np.log2(0.9 / 0.01), abs=0.5)
    assert found["place", 2]["weight"] == pytest.approx(np.log2(0.1 / 0.99), abs=0.5)
