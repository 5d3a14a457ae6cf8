"""Held-out rows share neither accounts nor time with the rows that teach."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore.errors import LeadscoreError
from leadscore.learning import splits


@st.composite
def histories(draw):
    n = draw(st.integers(1, 80))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    as_of = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, draw(st.integers(1, 500)), n), unit="D")
    person = rng.integers(0, 60, n)
    # Four people a company; some snapshots are from before it was known, and every tenth changes jobs.
    company = person // 4 + ((person % 10 == 0) & (rng.random(n) < 0.5))
    account = np.where(rng.random(n) < 0.2, None, company.astype(str).astype(object))
    return as_of, account, person.astype(str)


def shared(rows, others, *columns):
    """What two masks have in common of each column, missing values aside."""
    return [value for column in columns for value in set(column[rows]) & set(column[others]) if value is not None]


@given(histories(), st.integers(1, 120), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_purged_fold_shares_no_account_and_no_time(history, horizon, seed):
    as_of, account, lead = history
    held_out_rows = np.zeros(len(as_of), dtype=int)
    for fit, held_out in splits.time_and_account_folds(as_of, account, horizon, seed=seed, lead=lead):
        assert fit.any()
        assert held_out.any()
        assert as_of[fit].max() + pd.Timedelta(days=horizon) <= as_of[held_out].min()
        assert not shared(fit, held_out, account, lead)
        held_out_rows += held_out
    # Folds do not overlap.
    assert held_out_rows.max() <= 1


@given(histories(), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_account_folds_share_no_account_and_cover_every_row(history, seed):
    _, account, lead = history
    folds = list(splits.account_folds(account, lead, len(lead), seed=seed))
    for fit, held_out in folds:
        assert not shared(fit, held_out, account, lead)
    if folds:
        assert (sum(held_out.astype(int) for _, held_out in folds) == 1).all()


def test_the_newest_window_holds_the_share_asked_for_in_whole_days():
    day = np.repeat([10, 20, 30, 40], [40, 30, 20, 10])
    assert splits.newest_window(day, 0.25) == 30
    assert splits.newest_window(day, 0.30) == 30
    assert splits.newest_window(day, 0.31) == 20
    assert splits.newest_window(day, 1.0) == 10


def test_a_short_history_gives_no_time_folds():
    as_of = pd.date_range("2024-01-01", periods=60)
    assert not list(splits.time_and_account_folds(as_of, np.arange(60), horizon_days=90))
    assert not list(splits.time_and_account_folds(as_of[:0], [], horizon_days=90))


@given(histories(), st.integers(1, 120), st.integers(1, 6), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_rolling_origin_keeps_time_and_accounts_apart_at_each_month(history, horizon, n_origins, seed):
    as_of, account, lead = history
    origins, held_out_rows = set(), np.zeros(len(as_of), dtype=int)
    for origin, fit, held_out in splits.rolling_folds(
        as_of, account, horizon, n_origins=n_origins, seed=seed, lead=lead
    ):
        opens = pd.Timestamp(origin, unit="D")
        assert as_of[fit].max() + pd.Timedelta(days=horizon) <= opens <= as_of[held_out].min()
        assert not shared(fit, held_out, account, lead)
        origins.add(origin)
        held_out_rows += held_out
    assert held_out_rows.max() <= 1
    assert len(origins) <= n_origins


def test_origins_are_the_beginnings_of_months():
    first, last = (int(np.datetime64(day, "D").astype(int)) for day in ("2025-01-20", "2025-05-03"))
    days = {n: [str(np.datetime64(day, "D")) for day in splits.month_origins(first, last, n)] for n in (1, 2, 9)}
    assert days[1] == ["2025-01-20"]
    assert days[2] == ["2025-01-20", "2025-03-01"]
    assert days[9] == ["2025-01-20", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01"]


def test_random_folds_hold_their_share_of_every_class():
    label = np.array([1] * 12 + [0] * 88)
    folds = list(splits.random_folds(label, 4, seed=3))
    assert [int(label[out].sum()) for _, out in folds] == [3, 3, 3, 3]
    assert (sum(out.astype(int) for _, out in folds) == 1).all()


def test_the_hash_is_the_same_in_another_process_and_for_keys_that_print_alike():
    keys = ["a", "é😀", None, 17]
    code = f"from leadscore.learning.splits import stable_hash; print(stable_hash({keys!r}, 5).tolist())"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == str(splits.stable_hash(keys, 5).tolist())
    assert (splits.stable_hash(["17"]) == splits.stable_hash([17])).all()
    assert (splits.stable_hash(keys, 5) != splits.stable_hash(keys, 6)).all()


def test_a_row_belongs_to_its_account_else_to_its_lead_else_to_itself():
    owner = splits.owners(["A", None, None, "A"], ["x", "y", None, "z"], 4)
    assert owner.tolist() == ["A", "y", "row:2", "A"]


def test_owners_that_share_a_lead_are_one_in_any_order():
    account = np.array(["B", None, "C", "A", None, "B", 7], dtype=object)
    lead = np.array(["x", "x", "y", "x", "z", None, "w"], dtype=object)
    owner = splits.owners(account, lead, 7)
    assert owner.tolist() == ["A", "A", "C", "A", "z", "A", 7]
    assert splits.owners(account[::-1], lead[::-1], 7).tolist() == owner[::-1].tolist()


def test_moments_with_and_without_zone_mean_the_same_day():
    naive = splits.days(["2024-03-01", "2024-03-02"])
    zoned = splits.days(pd.to_datetime(["2024-03-01", "2024-03-02"]).tz_localize("UTC"))
    dates = splits.days(pd.Series(pd.to_datetime(["2024-03-01", "2024-03-02"])).dt.date)
    assert naive.tolist() == zoned.tolist() == dates.tolist() == [19783, 19784]


def test_a_missing_moment_is_refused():
    with pytest.raises(LeadscoreError, match="as_of is missing in 1 of 2 rows"):
        splits.days(["2024-03-01", None])
