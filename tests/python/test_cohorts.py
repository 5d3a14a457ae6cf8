"""Performance of matured cohorts: the right weeks, the right figures, and neither losses unseen nor losses made up."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from leadscore.learning.cohorts import ENOUGH_CONVERSIONS, MAX_WEEKS, at_base_rate, baseline_of, cohorts, performance
from leadscore.learning.metrics import all_metrics

WEEKS = pd.date_range("2025-01-06", periods=40, freq="7D").date


def world(rng: np.random.Generator, n: int, worth: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities that were right when worth is 1, and companies of three."""
    margin = rng.normal(-4, 1.6, n)
    label = (rng.random(n) < expit(-4 + worth * (margin + 4))).astype(float)
    return label, expit(margin), np.arange(n) // 3


def figures(rows: object) -> dict[str, dict[str, float]]:
    return {row["metric"]: row for row in rows}  # type: ignore[attr-defined, misc, index]


def baseline(rng: np.random.Generator, n: int = 12_000) -> dict[str, tuple[float, float, float]]:
    label, probability, owner = world(rng, n)
    found = figures(performance(label, probability, owner, {}))
    return {name: (row["value"], row["lower"], row["upper"]) for name, row in found.items()}


# Which rows make a cohort


def test_a_cohort_reaches_back_until_it_holds_enough() -> None:
    weeks = pd.Series(np.repeat(WEEKS[:6], 100))
    label = np.tile(np.repeat([1.0, 0.0], [80, 20]), 6)
    found = {week: len(rows) // 100 for week, rows in cohorts(weeks, label)}
    assert found == dict(zip(WEEKS[:6], [1, 2, 3, 3, 3, 3], strict=True))
    assert 2 * 80 < ENOUGH_CONVERSIONS <= 3 * 80


def test_a_cohort_has_an_end_where_hardly_anybody_converts() -> None:
    weeks = pd.Series(np.repeat(WEEKS, 10))
    assert max(len(rows) for _, rows in cohorts(weeks, np.zeros(400))) == 10 * MAX_WEEKS


def test_weeks_wait_until_all_of_their_labels_are_known() -> None:
    weeks = pd.Series(np.repeat(WEEKS[:4], 2))
    label = np.array([0, 1, 0, 0, 0, np.nan, 0, 0.0])
    assert [week for week, _ in cohorts(weeks, label)] == list(WEEKS[:2])
    assert list(cohorts(weeks, np.full(8, np.nan))) == []


# Figures


def test_figures_are_those_of_the_metrics_but_for_the_base_rate() -> None:
    rng = np.random.default_rng(1)
    label, probability, owner = world(rng, 3_000)
    expected, found = all_metrics(label, probability), figures(performance(label, probability, owner, {}))
    for name, row in found.items():
        assert row["value"] == pytest.approx(expected[name], nan_ok=True)
        assert row["lower"] < row["value"] < row["upper"]
        assert np.isnan(row["baseline"])
        assert np.isnan(row["p_value"])


def test_pr_auc_does_not_move_with_the_base_rate_alone() -> None:
    rng = np.random.default_rng(2)
    label, probability, owner = world(rng, 30_000)
    rare = (label == 0) | (rng.random(len(label)) < 0.3)
    then = figures(performance(label, probability, owner, {}))
    known = {name: (row["value"], row["lower"], row["upper"]) for name, row in then.items()}
    now = figures(performance(label[rare], probability[rare], owner[rare], known))
    assert now["pr_auc"]["value"] == pytest.approx(then["pr_auc"]["value"], abs=0.04)
    assert all_metrics(label[rare], probability[rare])["pr_auc"] < then["pr_auc"]["value"] - 0.08
    weight = at_base_rate(label, 0.5)
    assert (weight * label).sum() / weight.sum() == pytest.approx(0.5)


@pytest.mark.parametrize("label", [np.zeros(50), np.ones(50)])
def test_a_cohort_of_one_class_has_no_ranking_and_raises_nothing(label: np.ndarray) -> None:
    known = {"roc_auc": (0.9, 0.85, 0.95), "base_rate": (0.02, 0.01, 0.03)}
    found = figures(performance(label, np.linspace(0.01, 0.2, 50), np.arange(50), known))
    assert np.isnan(found["roc_auc"]["value"])
    assert np.isnan(found["roc_auc"]["p_value"])


def test_a_loss_is_certain_and_luck_is_not() -> None:
    rng = np.random.default_rng(3)
    known = baseline(rng)
    lost = figures(performance(*world(rng, 4_000, worth=0.3), known))
    assert lost["pr_auc"]["p_value"] < 1e-4
    assert lost["roc_auc"]["p_value"] < 1e-4
    assert lost["calibration_slope"]["p_value"] < 1e-3
    chances = [
        figures(performance(*world(np.random.default_rng(seed), 1_500), known))["pr_auc"]["p_value"]
        for seed in range(40)
    ]
    assert not np.isnan(chances).any()
    assert np.mean(np.array(chances) < 0.02) <= 0.07
    assert np.mean(chances) > 0.15


def test_an_uncertain_baseline_makes_losses_uncertain() -> None:
    rng = np.random.default_rng(4)
    label, probability, owner = world(rng, 4_000, worth=0.5)
    sure = baseline(rng)
    value = sure["pr_auc"][0]
    vague = sure | {"pr_auc": (value, value - 0.3, value + 0.3)}
    certain, doubtful = (figures(performance(label, probability, owner, known))["pr_auc"] for known in (sure, vague))
    assert certain["p_value"] < 0.001 < doubtful["p_value"]


def test_few_conversions_conclude_nothing() -> None:
    label = np.zeros(400)
    label[:29] = 1
    found = figures(performance(label, np.linspace(0.001, 0.5, 400), np.arange(400), {"roc_auc": (0.9, 0.89, 0.91)}))
    assert found["roc_auc"]["value"] < 0.1
    assert np.isnan(found["roc_auc"]["p_value"])


def test_the_baseline_is_the_registrys_out_of_time() -> None:
    stored = {"out_of_time": {"model": {"roc_auc": [0.8, 0.7, 0.9], "ece": [None, None, None], "unknown": [1, 1, 1]}}}
    found = baseline_of(json.dumps(stored | {"random": {"model": {"roc_auc": [0.9, 0.9, 0.9]}}}))
    assert found["roc_auc"] == (0.8, 0.7, 0.9)
    assert np.isnan(found["ece"]).all()
    assert set(found) == {"roc_auc", "ece"}
    assert baseline_of(None) == baseline_of("{}") == {}
