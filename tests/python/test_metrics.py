"""The metrics agree with scikit-learn, their intervals hold what they claim, and nothing crashes on one class."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logit
from sklearn import metrics as sk
from sklearn.linear_model import LogisticRegression

from leadscore.learning import metrics


@st.composite
def judged(draw, min_size=2):
    n = draw(st.integers(min_size, 60))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    # Few distinct values make ties.
    probability = rng.integers(0, draw(st.integers(2, 30)), n) / 30
    label = (rng.random(n) < 0.4).astype(float)
    label[:2] = 0, 1
    return label, probability, rng.integers(1, 4, n).astype(float)


@given(judged())
@settings(max_examples=60, deadline=None)
def test_weighted_metrics_agree_with_scikit_learn(case):
    label, p, weight = case
    found = metrics.all_metrics(label, p, weight)
    assert found["roc_auc"] == pytest.approx(sk.roc_auc_score(label, p, sample_weight=weight), abs=1e-9)
    assert found["pr_auc"] == pytest.approx(sk.average_precision_score(label, p, sample_weight=weight), abs=1e-9)
    assert found["brier"] == pytest.approx(sk.brier_score_loss(label, p, sample_weight=weight), abs=1e-9)
    held = np.clip(p, metrics.TINY, 1 - metrics.TINY)
    assert found["log_loss"] == pytest.approx(sk.log_loss(label, held, sample_weight=weight), rel=1e-9)
    assert found["base_rate"] == pytest.approx(np.average(label, weights=weight))


@given(judged(min_size=4))
@settings(max_examples=30, deadline=None)
def test_a_weight_of_k_is_the_row_k_times(case):
    label, p, weight = case
    times = weight.astype(int)
    weighted = metrics.all_metrics(label, p, weight)
    repeated = metrics.all_metrics(np.repeat(label, times), np.repeat(p, times))
    for name in metrics.METRICS:
        # Both are missing for separable rows, whose slope has no end.
        if np.isfinite(weighted[name]) and np.isfinite(repeated[name]):
            assert weighted[name] == pytest.approx(repeated[name], rel=1e-4, abs=1e-6), name


@given(judged(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_rows_does_not_matter(case, random):
    label, p, _ = case
    order = np.arange(len(label))
    random.shuffle(order)
    one, other = metrics.all_metrics(label, p), metrics.all_metrics(label[order], p[order])
    for name in metrics.METRICS:
        assert one[name] == pytest.approx(other[name], rel=1e-4, abs=1e-8, nan_ok=True), name


def test_top_decile_counts_by_hand():
    p = np.arange(100) / 100
    label = np.zeros(100)
    label[[99, 98, 95, 10]] = 1
    found = metrics.all_metrics(label, p)
    assert found["precision_at_decile"] == pytest.approx(0.3)
    assert found["lift_at_decile"] == pytest.approx(0.3 / 0.04)
    constant = metrics.all_metrics(label, np.full(100, 0.04))
    assert constant["lift_at_decile"] == pytest.approx(1.0)
    assert constant["roc_auc"] == pytest.approx(0.5)


@given(judged(), st.floats(0.01, 0.99))
@settings(max_examples=40, deadline=None)
def test_what_is_chosen_at_a_threshold_agrees_with_scikit_learn(case, threshold):
    label, p, weight = case
    found = metrics.all_metrics(label, p, weight, threshold)
    chosen = p >= threshold
    precision, recall, f1, _ = sk.precision_recall_fscore_support(
        label, chosen, average="binary", sample_weight=weight, zero_division=np.nan
    )
    if (weight * chosen).sum() > 0:
        assert found["precision_at_threshold"] == pytest.approx(precision)
    assert found["recall_at_threshold"] == pytest.approx(recall)
    assert found["f1_at_threshold"] == pytest.approx(f1, nan_ok=True)
    assert np.isnan(metrics.all_metrics(label, p, weight)["f1_at_threshold"])


def test_ks_is_the_distance_of_two_samples():
    rng = np.random.default_rng(2)
    label, p = rng.integers(0, 2, 500), rng.integers(0, 40, 500) / 40
    theirs = stats.ks_2samp(p[label == 1], p[label == 0]).statistic
    assert metrics.all_metrics(label, p)["ks"] == pytest.approx(theirs)


def test_a_gain_is_the_difference_in_the_same_draws():
    rng = np.random.default_rng(3)
    truth = expit(rng.normal(-2, 1.5, 4_000))
    label, cluster = rng.random(4_000) < truth, rng.integers(0, 500, 4_000)
    noisy = expit(logit(truth) + rng.normal(0, 0.4, 4_000))
    found = metrics.gains_over(label, truth, noisy, cluster).set_index("metric")
    alone = [metrics.with_intervals(label, p, cluster).set_index("metric") for p in (truth, noisy)]
    difference = alone[0]["value"] - alone[1]["value"]
    assert np.allclose(found["value"], difference, equal_nan=True)
    assert np.allclose(found["reference"], alone[1]["value"], equal_nan=True)
    # What both share falls out: the interval is far narrower than that of either, and does not hold zero.
    width = found["upper"] - found["lower"]
    assert width["pr_auc"] < 0.5 * (alone[0]["upper"] - alone[0]["lower"])["pr_auc"]
    assert found.loc["pr_auc", "lower"] > 0 > found.loc["log_loss", "upper"]
    same = metrics.gains_over(label, truth, truth, cluster)
    assert (same[["value", "lower", "upper"]].fillna(0) == 0).all(axis=None)


def test_calibration_measures_what_was_distorted():
    rng = np.random.default_rng(0)
    truth = expit(rng.normal(-2, 1, 200_000))
    label = rng.random(len(truth)) < truth
    honest = metrics.all_metrics(label, truth)
    assert honest["calibration_slope"] == pytest.approx(1.0, abs=0.03)
    assert honest["calibration_intercept"] == pytest.approx(0.0, abs=0.03)
    assert honest["ece"] < 0.005
    distorted = metrics.all_metrics(label, expit(2 * logit(truth)))
    assert distorted["calibration_slope"] == pytest.approx(0.5, abs=0.02)
    theirs = LogisticRegression(C=np.inf).fit(2 * logit(truth)[:, None], label)
    assert distorted["calibration_slope"] == pytest.approx(theirs.coef_[0, 0], abs=1e-3)
    shifted = metrics.all_metrics(label, expit(logit(truth) + 1))
    assert shifted["calibration_intercept"] == pytest.approx(-1.0, abs=0.03)


@pytest.mark.parametrize("label", [[0, 0, 0], [1, 1, 1], []])
def test_one_class_or_no_row_gives_missing_values_and_no_crash(label):
    p = np.linspace(0.1, 0.9, len(label))
    found = metrics.with_intervals(label, p, np.arange(len(label)), n_boot=20).set_index("metric")
    assert np.isnan(found.loc["roc_auc", "value"])
    assert np.isnan(found.loc["roc_auc", "lower"])
    assert list(found.index) == list(metrics.METRICS)


def test_probabilities_of_zero_and_one_are_survived():
    found = metrics.all_metrics([0, 1, 1, 0], [0.0, 1.0, 0.0, 1.0])
    assert np.isfinite(found["log_loss"])


def test_intervals_hold_the_value_and_are_the_same_twice():
    rng = np.random.default_rng(5)
    p = expit(rng.normal(-2, 1, 3_000))
    label = rng.random(3_000) < p
    cluster = rng.integers(0, 400, 3_000)
    one = metrics.with_intervals(label, p, cluster, seed=7, threshold=0.3)
    assert one.equals(metrics.with_intervals(label, p, cluster, seed=7, threshold=0.3))
    assert not one.equals(metrics.with_intervals(label, p, cluster, seed=8, threshold=0.3))
    # A calibrated forecast's error can only look larger in a resample, so its interval need not hold the value.
    inside = one[one["metric"] != "ece"]
    assert (inside["lower"] <= inside["value"]).all()
    assert (inside["value"] <= inside["upper"]).all()


def test_clusters_that_move_together_widen_the_interval():
    rng = np.random.default_rng(6)
    group = np.repeat(np.arange(60), 50)
    p = expit(np.repeat(rng.normal(-1, 1, 60), 50))
    label = np.repeat(rng.random(60) < expit(-1), 50)
    wide = metrics.with_intervals(label, p, group).set_index("metric").loc["base_rate"]
    narrow = metrics.with_intervals(label, p).set_index("metric").loc["base_rate"]
    assert wide["upper"] - wide["lower"] > 3 * (narrow["upper"] - narrow["lower"])


@pytest.mark.slow
def test_sixty_thousand_rows_with_intervals_take_seconds():
    rng = np.random.default_rng(8)
    p = expit(rng.normal(-4, 1, 60_000))
    label = rng.random(60_000) < p
    start = time.process_time()
    metrics.with_intervals(label, p, rng.integers(0, 8_000, 60_000))
    assert time.process_time() - start < 10


def test_reachable_skill_runs_from_the_base_rate_to_the_truth():
    rng = np.random.default_rng(9)
    truth = expit(rng.normal(-2, 1.5, 20_000))
    label = rng.random(20_000) < truth
    base = np.full(20_000, label.mean())
    assert metrics.reachable_skill(label, truth, truth) == pytest.approx(1.0)
    assert metrics.reachable_skill(label, base, truth) == pytest.approx(0.0, abs=1e-9)
    assert 0 < metrics.reachable_skill(label, np.sqrt(base * truth), truth) < 1
