"""Drift of features: what has not moved is not called moved, what has is, and nothing of it depends on the order of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore.learning.drift import (
    AGE,
    COLLEAGUES,
    MAX_CATEGORIES,
    Rows,
    balanced,
    binned_features,
    bins_of,
    drift_of_week,
    kish,
    newest_quarter,
    psi,
    strata_of,
    two_shares,
)
from leadscore.learning.encoding import FeatureSpec


def numbers(*values: float | None) -> pd.Series:
    return pd.Series(values, dtype="float64")


def week(reference: pd.DataFrame, current: pd.DataFrame, **owners: np.ndarray) -> dict[str, dict[str, float]]:
    """The drift of each column of a frame, every row its own owner unless given; others_ are of colleagues."""
    kinds = {name: "numeric" if pd.api.types.is_numeric_dtype(reference[name]) else "categorical" for name in reference}
    features = [bins_of(str(name), reference[name], current[name], kinds[name]) for name in reference]
    features = [replace(feature, of_colleagues="other" in feature.name) for feature in features]
    age, colleagues = strata_of(AGE, reference, current), strata_of(COLLEAGUES, reference, current)
    before = Rows(age[0], colleagues[0], owners.get("before", np.arange(len(reference))))
    now = Rows(age[1], colleagues[1], owners.get("now", np.arange(len(current))))
    return {str(row["feature"]): row for row in drift_of_week(features, before, now, np.arange(len(current)))}  # type: ignore[misc]


# Bins


def test_numbers_fall_into_deciles_of_the_reference_and_missing_ones_into_a_bin_of_their_own() -> None:
    found = bins_of("x", numbers(*range(100)), numbers(-5, 9, 10, 1e9, None, np.inf), "numeric")
    assert np.bincount(found.reference)[:10].tolist() == [10] * 10
    assert found.current.tolist() == [0, 0, 1, 9, found.n_bins - 1, found.n_bins - 1]


def test_what_is_nearly_always_zero_has_a_bin_for_the_rest() -> None:
    found = bins_of("x", numbers(*[0] * 97, 1, 2, 3), numbers(0, 0.5, 7), "numeric")
    assert found.current.tolist() == [0, 1, 1]


@pytest.mark.parametrize("values", [[], [None, None], [3.0] * 5])
def test_columns_without_anything_to_tell_apart_have_bins(values: list[float | None]) -> None:
    found = bins_of("x", numbers(*values), numbers(1.0, None), "numeric")
    assert found.n_bins >= 3
    assert found.current.max() < found.n_bins


def test_a_new_category_is_known_from_a_rare_one_and_from_a_missing_one() -> None:
    reference = pd.Series([f"c{n:02d}" for n in range(MAX_CATEGORIES + 5) for _ in range(40 - n)])
    found = bins_of("x", reference, pd.Series(["c00", "c24", "never seen", None]), "categorical")
    assert found.current.tolist() == [0, MAX_CATEGORIES, MAX_CATEGORIES + 1, MAX_CATEGORIES + 2]
    assert found.reference.max() == MAX_CATEGORIES


def test_a_feature_that_is_gone_or_of_another_type_counts_as_missing_since() -> None:
    reference = pd.DataFrame({"gone": numbers(1, 2, 3), "turned": ["a", "b", "c"]})
    specs = [FeatureSpec("renamed", "numeric"), FeatureSpec("turned", "numeric")]
    for found in binned_features(reference, reference, specs):
        assert found.reference.tolist() == [0, 0, 0]
        assert found.current.tolist() == [found.n_bins - 1] * 3


# The index and its noise


def test_the_index_is_the_formula() -> None:
    before, now = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
    assert psi(before, now, 1e9, 1e9) == pytest.approx(2 * 0.3 * np.log(2.5))
    assert psi(before, before, 10, 10) == 0


@pytest.mark.parametrize("n", [60, 200, 600])
@pytest.mark.parametrize("shape", ["normal", "poisson", "category"])
def test_without_drift_the_index_is_noise_and_nothing_more(n: int, shape: str) -> None:
    rng = np.random.default_rng(n)
    draw = {
        "normal": lambda size: rng.normal(size=size),
        "poisson": lambda size: rng.poisson(1.5, size).astype(float),
        "category": lambda size: np.array(list("abcdefg"), object)[rng.integers(0, 7, size)],
    }[shape]
    found = [week(pd.DataFrame({"x": draw(4_000)}), pd.DataFrame({"x": draw(n)}))["x"] for _ in range(100)]
    assert np.mean([row["psi"] for row in found]) < 0.4 * found[0]["psi_noise"], "Most of it is taken off."
    assert np.mean([row["psi"] == 0 for row in found]) > 0.4
    assert np.mean([row["p_value"] < 0.05 for row in found]) <= 0.12


def test_p_values_hold_for_all_features_together() -> None:
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(100):
        reference = pd.DataFrame(rng.normal(size=(1_000, 10)), columns=[f"f{n}" for n in range(10)])
        current = pd.DataFrame(rng.normal(size=(200, 10)), columns=reference.columns)
        alarms += any(row["p_value"] < 0.05 for row in week(reference, current).values())
    assert alarms <= 13, "Five in a hundred weeks raise one, not five in a hundred features."


def test_a_shift_is_found_and_named_alone() -> None:
    rng = np.random.default_rng(2)
    reference = pd.DataFrame({"same": rng.normal(size=3_000), "moved": rng.normal(size=3_000)})
    current = pd.DataFrame({"same": rng.normal(size=300), "moved": rng.normal(0.8, 1, size=300)})
    found = week(reference, current)
    assert found["moved"]["psi"] > 0.3
    assert found["moved"]["p_value"] < 1e-6
    assert found["same"]["psi"] < 0.05
    assert found["same"]["p_value"] > 0.01


def test_people_of_one_company_do_not_count_as_many() -> None:
    rng = np.random.default_rng(3)
    company = rng.integers(0, 30, 600)
    industry = np.array(list("abcdef"), object)[rng.integers(0, 6, 30)][company]
    reference = pd.DataFrame({"industry": np.array(list("abcdef"), object)[rng.integers(0, 6, 3_000)]})
    current = pd.DataFrame({"industry": industry})
    naive, honest = week(reference, current)["industry"], week(reference, current, now=company)["industry"]
    assert naive["p_value"] < 1e-3 < honest["p_value"]
    assert honest["n_rows"] == pytest.approx(kish(company))
    assert 20 < honest["n_rows"] < 30


def test_kish_is_the_number_of_owners_where_all_have_as_many_rows() -> None:
    assert kish(np.repeat(np.arange(7), 5)) == pytest.approx(7)
    assert kish(np.array([0] * 99 + [1])) < 1.03


def test_missing_values_and_new_categories_are_told_apart_from_chance() -> None:
    rng = np.random.default_rng(4)
    reference = pd.DataFrame(
        {"x": np.where(rng.random(2_000) < 0.1, np.nan, 1.0), "page": rng.choice(["a", "b"], 2_000)}
    )
    current = pd.DataFrame(
        {"x": np.where(rng.random(400) < 0.3, np.nan, 1.0), "page": rng.choice(["a", "b", "c"], 400)}
    )
    found = week(reference, current)
    assert found["x"]["missing_share"] == pytest.approx(0.3, abs=0.06)
    assert found["x"]["reference_missing_share"] == pytest.approx(0.1, abs=0.02)
    assert found["x"]["missing_p_value"] < 1e-6
    assert found["x"]["new_category_share"] == 0
    assert found["page"]["new_category_share"] == pytest.approx(1 / 3, abs=0.08)
    assert found["page"]["new_category_p_value"] < 1e-6
    assert found["page"]["missing_p_value"] == 1
    assert two_shares(0.0, 0.0, 0.01) == 1
    assert two_shares(1.0, 1.0, 0.01) == 1


# Equal ages, and what is usual


def test_a_lead_base_that_grows_older_has_not_drifted() -> None:
    rng = np.random.default_rng(5)

    def leads(old: float, size: int) -> pd.DataFrame:
        age = np.where(rng.random(size) < old, rng.integers(200, 400, size), rng.integers(0, 60, size))
        return pd.DataFrame(
            {"lead_age_days": age.astype(float), "visits": rng.poisson(np.where(age < 100, 4.0, 1.0)).astype(float)}
        )

    reference, current = leads(0.3, 4_000), leads(0.7, 600)
    at_equal_ages = week(reference, current)["visits"]
    as_it_is = week(reference[["visits"]], current[["visits"]])["visits"]
    assert as_it_is["psi"] > 0.2
    assert at_equal_ages["psi"] < 0.03
    assert at_equal_ages["n_rows"] < as_it_is["n_rows"], "Weights cost some of the sample."


def test_a_week_that_lacks_an_age_is_compared_at_the_ages_it_has() -> None:
    reference = pd.DataFrame(
        {"lead_age_days": np.repeat([1.0, 100.0, 300.0], 100), "x": np.repeat([1.0, 2.0, 3.0], 100)}
    )
    current = pd.DataFrame({"lead_age_days": [1.0] * 50 + [100.0] * 50, "x": [1.0] * 50 + [2.0] * 50})
    row = week(reference, current)["x"]
    assert row["psi"] == 0
    assert row["p_value"] == 1


def test_companies_of_which_more_people_are_known_have_not_drifted() -> None:
    rng = np.random.default_rng(6)

    def leads(growth: float, size: int) -> pd.DataFrame:
        age, colleagues = rng.integers(1, 400, size), rng.poisson(2 * growth, size)
        found = {"lead_age_days": age, "known_colleagues": colleagues, "others_visits": rng.poisson(0.6 * colleagues)}
        return pd.DataFrame({name: values.astype(float) for name, values in found.items()})

    reference, current = leads(1.0, 6_000), leads(1.6, 600)
    as_it_is = week(reference[["others_visits"]], current[["others_visits"]])["others_visits"]
    balanced_week = week(reference, current)
    assert as_it_is["psi"] > 0.1
    assert as_it_is["p_value"] < 1e-6
    assert balanced_week["others_visits"]["psi"] < 0.03
    assert balanced_week["others_visits"]["p_value"] > 0.01
    # What each of them does is another matter.
    busier = current.assign(others_visits=rng.poisson(1.5 * current["known_colleagues"]).astype(float))
    assert week(reference, busier)["others_visits"]["p_value"] < 1e-6


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_balanced_weights_give_the_week_the_shares_of_the_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def strata(size: int) -> tuple[np.ndarray, np.ndarray]:
        first = rng.integers(0, 4, size)
        return first, (first + rng.integers(0, 3, size)) % 4

    pairs = list(zip(strata(1_000), strata(200), strict=True))
    before, now = balanced(pairs)
    assert (before == 1).all()
    assert (now > 0).all()
    for theirs, ours in pairs:
        assert np.bincount(ours, now / now.sum()) == pytest.approx(np.bincount(theirs) / 1_000, abs=0.01)


def test_what_grows_but_cannot_be_compared_leaves_the_rest_comparable() -> None:
    reference = pd.DataFrame(
        {"lead_age_days": numbers(*range(100)), "x": numbers(*[1, 2] * 50), "others_x": numbers(*[1, 2] * 50)}
    )
    gone = pd.DataFrame({"lead_age_days": [None] * 40, "x": [1.0] * 40, "others_x": [1.0] * 40})
    found = week(reference, gone)
    assert found["lead_age_days"]["missing_share"] == 1
    assert found["x"]["psi"] > 0.25
    assert found["others_x"]["psi"] > 0.25
    assert week(reference[["x"]], gone[["x"]])["x"]["psi"] > 0.25


def test_the_newest_quarter_is_that_of_the_rows() -> None:
    assert newest_quarter(np.arange(8)).tolist() == [False] * 5 + [True] * 3
    assert newest_quarter(np.zeros(5, int)).all()
    assert newest_quarter(np.zeros(0, int)).tolist() == []


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_is_of_no_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    reference = pd.DataFrame({"x": rng.poisson(2, 500).astype(float), "c": rng.choice(list("abcd"), 500)})
    current = pd.DataFrame({"x": rng.poisson(3, 90).astype(float), "c": rng.choice(list("abce"), 90)})
    shuffled = reference.sample(frac=1, random_state=seed), current.sample(frac=1, random_state=seed)
    assert week(reference, current) == week(*(frame.reset_index(drop=True) for frame in shuffled))
