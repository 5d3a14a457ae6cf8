"""The checks for leaks: each sees the leak it is for, none is alarmed by chance, and the figures are what they are called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore.learning import leaks
from leadscore.learning.encoding import learn_features
from leadscore.learning.metrics import roc_auc

PARAMETERS = pa.table({"random_seed": [7], "training_threads": [1]})
HORIZON = 90


def world(n: int = 3000, seed: int = 0, rate: float = 0.05) -> pd.DataFrame:
    """Labelled snapshots and open leads whose interest announces conversions that are near, and who convert at any time later."""
    rng = np.random.default_rng(seed)
    is_open = rng.random(n) < 0.3
    near = ~is_open & (rng.random(n) < rate)
    later = ~is_open & ~near & (rng.random(n) < rate)
    soon = near | (is_open & (rng.random(n) < rate))
    days = np.where(near, rng.integers(0, HORIZON, n), rng.integers(HORIZON, 400, n))
    return pd.DataFrame(
        {
            "purpose": np.where(is_open, "scoring", "training"),
            "is_converted": pd.array(np.where(is_open, None, near), dtype="boolean"),
            "account_key": pd.Series(rng.integers(0, n // 2, n)).map("a{}".format).where(rng.random(n) < 0.8),
            "age_days": rng.integers(1, 700, n),
            "days_to_conversion": pd.array(np.where(near | later, days, -1), dtype="Int64"),
            "lead_id": [f"l{row}" for row in range(n)],
            "as_of": pd.Timestamp("2025-01-01").date(),
            "interest": rng.poisson(1 + 2 * soon).astype(float),
            "industry": rng.choice(np.array(["energy", "retail", None], dtype=object), n),
            "noise": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
        }
    ).assign(days_to_conversion=lambda frame: frame["days_to_conversion"].where(frame["days_to_conversion"] >= 0))


def suspects(frame: pd.DataFrame) -> dict[str, set[str]]:
    """The checks that each suspect failed."""
    found = leaks.checks(pa.Table.from_pandas(frame, preserve_index=False), PARAMETERS).to_pandas()
    return found[found["is_suspect"]].groupby("feature")["check_name"].agg(set).to_dict()


def leak(frame: pd.DataFrame, kind: str, rng: np.random.Generator) -> pd.Series:
    ever = frame["days_to_conversion"].notna()
    near = frame["is_converted"].fillna(False).astype(bool)
    if kind == "status":
        return pd.Series(np.where(ever, "Qualified", "Working"))
    if kind == "converted flag":
        return ever.astype(float)
    if kind == "label":
        return near.astype(int)
    if kind == "filled afterwards":
        return pd.Series(rng.lognormal(9, 1, len(frame))).where(ever & (rng.random(len(frame)) < 0.6))
    if kind == "emptied afterwards":
        return pd.Series(["queue"] * len(frame)).where(~(ever & (rng.random(len(frame)) < 0.6)))
    assert kind == "counts on"
    # Two a month before, and as many a month for three months after, more where a conversion came; nothing came after for open leads.
    after = np.where(frame["purpose"] == "scoring", 0, rng.poisson(6 + 10 * near))
    return pd.Series(rng.poisson(2, len(frame)) + after)


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("status", "later_outcome"),
        ("converted flag", "certain_later_outcome"),
        ("label", "certain_outcome"),
        ("label", "univariate_skill"),
        ("filled afterwards", "certain_later_outcome"),
        ("emptied afterwards", "certain_later_outcome"),
        ("counts on", "absent_in_open_leads"),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_leak_is_seen_by_the_check_that_is_for_it(kind: str, check: str, seed: int) -> None:
    frame = world(seed=seed)
    found = suspects(frame.assign(leak=leak(frame, kind, np.random.default_rng(seed))))
    assert set(found) == {"leak"}
    assert check in found["leak"]


@pytest.mark.parametrize("seed", [0, 1])
def test_what_all_have_lost_alike_is_drift_and_no_leak(seed: int) -> None:
    frame = world(seed=seed)
    often = np.where(frame["purpose"] == "scoring", 2, 8)
    visits = pd.Series(np.random.default_rng(seed).poisson(often))
    assert suspects(frame.assign(visits=visits)) == {}
    found = leaks.checks(
        pa.Table.from_pandas(frame.assign(visits=visits), preserve_index=False), PARAMETERS
    ).to_pandas()
    apart = found[(found["feature"] == "visits") & (found["check_name"] == "adversarial_validation")]
    assert apart["statistic"].item() > 0.9, (
        "The values are all but absent in open leads, so that it could have been taken for one."
    )


@pytest.mark.parametrize("seed", [0, 1])
def test_a_sign_that_faded_is_told_from_a_leak_by_snapshots_that_are_nearly_mature(seed: int) -> None:
    frame, rng = world(6000, seed), np.random.default_rng(100 + seed)
    waits = (frame["purpose"] == "scoring") & (rng.random(len(frame)) < 0.4)
    frame["purpose"] = frame["purpose"].mask(waits, "monitoring")
    frame["as_of"] = frame["as_of"].mask(waits, pd.Timestamp("2025-02-01").date())
    near = frame["is_converted"].fillna(False).astype(bool)
    before = rng.poisson(3 + 3 * near)
    faded = pd.Series(np.where(frame["purpose"] == "training", before, rng.poisson(0.5, len(frame))))
    assert suspects(frame.assign(sign=faded)) == {}
    counts_on = pd.Series(np.where(frame["purpose"] != "scoring", before, rng.poisson(0.5, len(frame))))
    assert suspects(frame.assign(sign=counts_on)) == {"sign": {"absent_in_open_leads"}}


@given(st.integers(0, 10_000), st.sampled_from([60, 300, 2000]), st.sampled_from([0.01, 0.05, 0.3]))
@settings(max_examples=25, deadline=None)
def test_honest_features_of_any_world_pass(seed: int, n: int, rate: float) -> None:
    assert suspects(world(n, seed, rate)) == {}


def test_the_order_of_rows_changes_nothing() -> None:
    frame = world(800)
    frame["leak"] = leak(frame, "filled afterwards", np.random.default_rng(0))
    tables = [
        leaks.checks(pa.Table.from_pandas(rows, preserve_index=False), PARAMETERS).to_pandas()
        for rows in (frame, frame.sort_values("lead_id", ascending=False))
    ]
    # The booster of all features draws rows by their place.
    pd.testing.assert_frame_equal(*(table[table["feature"] != leaks.ALL] for table in tables))


@pytest.mark.parametrize("purpose", ["training", "scoring", None])
def test_nothing_to_compare_is_nothing_found(purpose: str | None) -> None:
    frame = world(200)
    assert suspects(frame[frame["purpose"] == purpose]) == {}


def test_one_class_and_constant_columns_are_nothing_found() -> None:
    frame = world(300).assign(is_converted=False, days_to_conversion=np.nan, constant=1.0, empty=np.nan)
    found = leaks.checks(pa.Table.from_pandas(frame, preserve_index=False), PARAMETERS).to_pandas()
    assert not found["is_suspect"].any()
    decides = found[found["threshold"].notna()]
    assert decides["statistic"].isna().all()


def test_the_quarantined_are_named_once_and_the_allowed_are_not() -> None:
    rows = [("b", "quarantined"), ("b", "quarantined"), ("a", "quarantined"), ("c", "allowed"), ("d", "passed")]
    table = pa.table({"feature": [name for name, _ in rows], "verdict": [verdict for _, verdict in rows]})
    assert leaks.quarantined(table) == ["a", "b"]


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_counted_auc_is_the_roc_auc(seed: int) -> None:
    rng = np.random.default_rng(seed)
    score, label = rng.integers(0, 6, 80).astype(float), rng.integers(0, 2, 80)
    counts = [np.bincount(score.astype(int), label == wanted, 6) for wanted in (1, 0)]
    assert leaks.counted_auc(np.arange(6.0), *counts) == pytest.approx(roc_auc(label, score / 6), nan_ok=True)


def test_noise_has_no_held_out_skill() -> None:
    rng = np.random.default_rng(0)
    owner = np.arange(4000)
    aucs = [
        leaks.held_out_auc(rng.integers(0, 32, 4000), rng.random(4000) < 0.05, rng.integers(0, 4, 4000), owner)[0]
        for _ in range(20)
    ]
    assert np.mean(aucs) == pytest.approx(0.5, abs=0.02)


def test_sure_bounds_are_below_the_figure_and_close_in() -> None:
    few, many = leaks.surely(0.8, 20, 200), leaks.surely(0.8, 2000, 20_000)
    assert few < many < 0.8
    # Hanley and McNeil's standard error for 0.8 with 20 and 200 is 0.0608.
    assert (0.8 - few) / leaks.SURE == pytest.approx(0.0608, abs=0.0005)


def test_bins_are_values_where_they_are_few_and_ranges_of_equal_weight_where_not() -> None:
    (spec,) = learn_features(pd.DataFrame({"x": [1.0]}))
    bins, names = leaks.bins_of(np.array([0, 3, np.nan, 3, 1], dtype=np.float32), spec)
    assert (bins.tolist(), names) == ([0, 2, 3, 2, 1], ["0 or more", "1 or more", "3 or more", "missing"])
    bins, names = leaks.bins_of(np.arange(640, dtype=np.float32), spec)
    assert len(names) == leaks.N_BINS + 1
    assert set(np.bincount(bins)) <= {19, 20, 21}


def test_ages_are_matched() -> None:
    rng = np.random.default_rng(0)
    labelled, unlabelled = np.append(np.ones(3000), rng.integers(2, 700, 3000)), rng.integers(2, 700, 2000)
    weight = leaks.age_weights(labelled, unlabelled)
    assert weight.sum() == pytest.approx(len(unlabelled), rel=0.05)
    assert np.average(labelled, weights=weight) == pytest.approx(unlabelled.mean(), rel=0.05)
