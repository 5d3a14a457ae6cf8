"""A challenger passes only where it is better beyond chance on the newest rows, and neither side is judged on what it learnt."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from leadscore import learning
from leadscore.learning import gates


def contested(n=6_000, better="challenger", seed=0):
    """Rows judged by both, well calibrated: the better one knows both parts of the truth, the other one of them."""
    rng = np.random.default_rng(seed)
    known, hidden = rng.normal(0, 1, n), rng.normal(0, 1.2, n)
    truth = expit(known + hidden - 3)
    half = expit(known[:, None] + np.quantile(hidden, np.linspace(0.01, 0.99, 50)) - 3).mean(axis=1)
    probability = {"champion": half, "challenger": half} | ({better: truth} if better else {})
    return pd.DataFrame(
        {
            "row": np.arange(n),
            "label": (rng.random(n) < truth).astype(np.int8),
            **probability,
            "owner": rng.integers(0, n // 5, n).astype(str),
        }
    )


SEGMENTS = np.array(["smb", "enterprise", "unknown"], dtype=object)


def judged(rows, segment=None):
    segment = SEGMENTS[np.arange(len(rows)) % 2] if segment is None else segment
    found = gates.judge(rows, segment, n_boot=100)
    return found, found.set_index(["gate", "segment"])["is_passed"]


def test_a_better_challenger_passes_every_gate():
    found, passed = judged(contested())
    assert passed.all()
    assert gates.are_passed(found)
    gain = found.set_index("gate").loc["better_pr_auc"]
    assert 0 < gain["lower"] < gain["value"] < gain["upper"]


def test_after_a_change_less_certainty_of_being_better_is_enough_and_being_worse_is_judged_as_ever():
    rows = contested()
    segment = np.full(len(rows), "all", dtype=object)
    usual, after = (gates.judge(rows, segment, 100, 0, sure).set_index("gate") for sure in (0.95, 0.80))
    for gate in ("better_log_loss", "better_pr_auc"):
        assert after.loc[gate, "value"] == usual.loc[gate, "value"]
        assert usual.loc[gate, "lower"] < after.loc[gate, "lower"] < after.loc[gate, "upper"] < usual.loc[gate, "upper"]
    others = [gate for gate in usual.index if not gate.startswith("better")]
    pd.testing.assert_frame_equal(usual.loc[others], after.loc[others])


def test_the_same_or_a_worse_model_is_held_back():
    same = contested(better=None)
    found, passed = judged(same)
    assert not passed["better_log_loss", "all"]
    assert passed["no_worse_log_loss", "all"]
    assert not gates.are_passed(found)
    found, passed = judged(contested(better="champion"))
    assert not passed["no_worse_log_loss", "all"]
    assert not gates.are_passed(found)


def test_probabilities_that_exaggerate_are_held_back():
    rows = contested()
    found, passed = judged(rows.assign(challenger=expit(2 * logit(rows["challenger"]))))
    assert not passed["calibration_slope", "all"]
    assert not gates.are_passed(found)


@pytest.mark.parametrize(("champions", "passes"), [(3.0, True), (1.2, False)])
def test_probabilities_may_be_off_as_far_as_the_champions(champions, passes):
    rows = contested()
    off = {"challenger": expit(2 * logit(rows["challenger"])), "champion": expit(champions * logit(rows["champion"]))}
    _, passed = judged(rows.assign(**off))
    assert passed["calibration_slope", "all"] == passes


def test_a_segment_that_loses_much_holds_a_better_model_back():
    rows = contested(n=20_000)
    segment = np.where(np.arange(len(rows)) % 5 == 0, "enterprise", "smb").astype(object)
    rows.loc[segment == "enterprise", "challenger"] = expit(logit(rows["challenger"]) / 3)
    found, passed = judged(rows, segment)
    assert passed["better_log_loss", "all"]
    assert not passed["log_loss_in_segment", "enterprise"]
    assert passed["log_loss_in_segment", "smb"]
    assert not gates.are_passed(found)


@pytest.mark.parametrize("n", [0, 1, 40])
def test_too_few_conversions_decide_nothing(n):
    rows = contested(n=6_000).head(n)
    found, passed = judged(rows)
    assert not passed["judged_conversions", "all"]
    assert not gates.are_passed(found)


@given(st.lists(st.booleans(), min_size=5, max_size=5))
def test_one_gain_is_enough_and_every_other_gate_is_needed(outcomes):
    names = [*gates.ONE_OF, "no_worse_log_loss", "no_worse_pr_auc", "calibration_slope"]
    table = pd.DataFrame({"gate": names, "is_passed": outcomes})
    assert gates.are_passed(table) == ((outcomes[0] or outcomes[1]) and all(outcomes[2:]))


def test_without_a_champion_nothing_stands_in_the_way():
    assert gates.are_passed(gates.unopposed("no_champion"))


@given(st.integers(0, 10_000), st.integers(1, 100))
@settings(max_examples=50, deadline=None)
def test_the_champion_is_asked_about_newer_rows_whose_outcome_it_cannot_know(seed, horizon):
    rng = np.random.default_rng(seed)
    day, lead, until = rng.integers(0, 300, 60), rng.integers(0, 15, 60), int(rng.integers(0, 300))
    fresh = gates.unknown_to(day, lead, np.datetime64(until, "D"), horizon)
    for row in range(60):
        learnt = day[(lead == lead[row]) & (day <= until)]
        expected = day[row] > until and (not len(learnt) or learnt.max() + horizon <= day[row])
        assert fresh[row] == expected
    assert gates.unknown_to(day, lead, None, horizon).all()


@given(st.integers(0, 10_000), st.integers(1, 100), st.floats(0.0, 0.6))
@settings(max_examples=50, deadline=None)
def test_the_judged_rows_are_the_newest_horizon_or_as_much_more_as_it_takes(seed, horizon, rate):
    rng = np.random.default_rng(seed)
    day, label, known = rng.integers(0, 300, 400), (rng.random(400) < rate) * 1.0, rng.random(400) < 0.7
    found = gates.newest(known, day, label, horizon)
    assert not (found & ~known).any()
    enough = gates.ENOUGH_CONVERSIONS
    if found.sum() < known.sum():
        assert day[found].min() > day[known & ~found].max(), "The newest of them."
        assert label[found].sum() >= enough
    longer = found & (day <= day[known].max() - horizon)
    if longer.any():
        first = day[found].min()
        assert label[found & (day > first)].sum() < enough, "No day more than it takes."


def test_a_contest_asks_both_about_the_same_rows_and_teaches_the_challenger_on_other_accounts():
    rng = np.random.default_rng(1)
    n = 12_000
    visits = rng.poisson(2, n)
    # After day 200 visits mean the opposite: what the champion learnt is wrong from then on.
    day = rng.integers(0, 400, n)
    label = rng.random(n) < expit(-3 + np.where(day <= 200, 0.8, -0.8) * (visits - 2))
    account = rng.integers(0, 2_000, n)
    features = pd.DataFrame({"visits": visits.astype(float), "age": rng.random(n)})
    as_of = np.datetime64("2024-01-01") + day.astype("timedelta64[D]")
    old = day <= 200
    champion = learning.fit(features[old], label[old], nthread=1)
    found = gates.contest(
        features,
        label,
        as_of,
        account,
        np.arange(n),
        champion,
        np.datetime64("2024-01-01") + 200,
        mode="hybrid",
        nthread=1,
    )
    assert sorted(found["row"]) == sorted(np.flatnonzero(day > day.max() - 90))
    assert (found["label"] == label[found["row"]]).all()
    assert (found["owner"].astype(int) == account[found["row"]]).all()
    outcome = gates.judge(found, np.full(len(found), "all companies"), n_boot=50)
    gain = outcome.set_index("gate").loc["better_log_loss"]
    assert gain["lower"] > 0, "The challenger has seen on other accounts what changed."
