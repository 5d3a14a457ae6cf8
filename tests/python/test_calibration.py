"""Calibration makes probabilities honest, keeps the order and never runs away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from leadscore.learning.calibration import MIN_SLOPE, Calibration, calibrate, fit_calibration, match_rate
from leadscore.learning.newton import logistic_map


def test_the_slope_and_intercept_of_a_distorted_margin_are_found():
    rng = np.random.default_rng(1)
    truth = rng.normal(-2.0, 1.2, 100_000)
    label = rng.random(len(truth)) < expit(truth)
    found = fit_calibration(2.0 * truth + 1.0, label)
    assert found.slope == pytest.approx(0.5, abs=0.03)
    assert found.intercept == pytest.approx(-0.5, abs=0.05)


@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_any_labels_give_a_finite_calibration_that_keeps_the_order(seed, n, rate):
    rng = np.random.default_rng(seed)
    margin = rng.normal(0, 10, n)
    found = fit_calibration(margin, rng.random(n) < rate)
    assert np.isfinite([found.slope, found.intercept]).all()
    assert found.slope >= MIN_SLOPE


def test_without_rows_nothing_is_changed():
    assert fit_calibration([], []) == Calibration(1.0, 0.0)


def test_a_reversed_ranking_is_flattened_and_not_turned_round():
    rng = np.random.default_rng(2)
    margin = rng.normal(-2, 2, 5_000)
    found = fit_calibration(margin, rng.random(5_000) < expit(-margin - 4))
    assert found.slope == MIN_SLOPE
    mean = expit(found.slope * margin + found.intercept).mean()
    assert mean == pytest.approx((expit(-margin - 4)).mean(), abs=0.02)


def test_contributions_and_margins_are_calibrated_alike():
    parts = np.random.default_rng(3).normal(size=(50, 6))
    calibration = Calibration(0.7, -0.3)
    assert np.allclose(calibrate(parts, calibration).sum(axis=1), calibrate(parts.sum(axis=1), calibration), atol=1e-12)


def test_the_solver_agrees_with_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(4)
    X = rng.normal(size=(500, 5))
    y = (rng.random(500) < expit(X @ [1, -1, 0.5, 0, 0] - 1)).astype(float)
    weight = rng.integers(0, 4, 500).astype(float)
    design = np.column_stack([np.ones(500), X])
    precision = np.array([0.0, 2, 2, 2, 2, 2])
    ours = logistic_map(design, y, prior_mean=np.zeros(6), prior_precision=precision, weight=weight)
    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000).fit(X, y, sample_weight=weight)
    assert ours.converged
    assert np.allclose(ours.coef, [*theirs.intercept_, *theirs.coef_[0]], atol=1e-5)


def test_a_separable_problem_without_prior_says_that_it_did_not_settle():
    X = np.column_stack([np.ones(10), np.arange(10.0)])
    y = (np.arange(10) > 4).astype(float)
    found = logistic_map(X, y, prior_mean=np.zeros(2), prior_precision=np.zeros(2))
    assert not found.converged


def test_a_shift_to_a_rate_keeps_the_distances():
    margin = np.random.default_rng(5).normal(-3, 2, 1_000)
    found = match_rate(margin, 0.02)
    assert found.slope == 1.0
    assert expit(margin + found.intercept).mean() == pytest.approx(0.02)
    assert match_rate([], 0.02) == Calibration()
