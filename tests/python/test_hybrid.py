"""The hybrid is the best of the three modes where conversions are few, and is as sure as held-out accounts let it be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from leadscore import learning
from leadscore.learning import hybrid, metrics
from leadscore.learning.newton import Floats

RULES = pd.DataFrame(
    {
        "rule": ["busy", "boss", "old"],
        "feature": ["visits", "seniority", "age"],
        "operator": [">=", "in", ">"],
        "threshold": ["3", "vp|c_level", "100"],
        "points": [8.0, 8.0, 5.0],
    }
)
"""Right about visits and seniority, wrong about age."""


def leads(n: int, seed: int, rate: float = -5.5) -> tuple[pd.DataFrame, Floats, pd.DataFrame, Floats]:
    """Features, label, keys and truth of n snapshots, two a lead and alike, six an account."""
    rng = np.random.default_rng(seed)
    lead = np.arange(n) // 2
    features = pd.DataFrame({f"noise_{k}": rng.normal(size=n) for k in range(12)})
    features["visits"] = rng.poisson(1.2, n).astype(float)
    features["seniority"] = rng.choice(np.array(["vp", "entry", "c_level", None], dtype=object), (n + 1) // 2)[lead]
    features["industry"] = rng.choice(np.array([f"i{k}" for k in range(12)], dtype=object), n // 6 + 1)[lead // 3]
    features["age"] = rng.exponential(100, (n + 1) // 2)[lead]
    margin = rate + 0.7 * features["visits"] + features["seniority"].isin(["vp", "c_level"]) - 0.006 * features["age"]
    luck = rng.normal(0, 0.8, n // 6 + 1)[lead // 3]
    truth = expit(margin.to_numpy() + luck)
    keys = pd.DataFrame({"lead": lead, "account": lead // 3})
    return features, (rng.random(n) < truth).astype(float), keys, truth


def test_with_few_conversions_it_beats_the_rules_and_trees_are_not_surely_better() -> None:
    test, outcome, _, truth = leads(20_000, seed=99)
    skill: dict[str, list[float]] = {mode: [] for mode in ("rules", "hybrid", "gradient_boosting")}
    conversions = []
    for seed in range(8):
        features, label, keys, _ = leads(900, seed)
        conversions.append(label.sum())
        for mode, found in skill.items():
            model = learning.fit(
                features, label, account=keys["account"], lead=keys["lead"], rules=RULES, mode=mode, nthread=1
            )
            found.append(metrics.reachable_skill(outcome, model.predict_proba(test)[:, 1], truth))
    assert 10 < np.mean(conversions) < 40
    means = {mode: np.mean(found) for mode, found in skill.items()}
    assert means["hybrid"] > means["rules"]
    # Trees come with a line beside them, which starts from the same rules.
    assert means["hybrid"] > means["gradient_boosting"] - 0.03
    # Never much worse than the rules it starts from.
    assert min(np.subtract(skill["hybrid"], skill["rules"])) > -0.1


def test_the_mean_probability_is_the_smoothed_rate() -> None:
    features, label, keys, _ = leads(1200, seed=3)
    model = learning.fit(features, label, account=keys["account"], rules=RULES, mode="hybrid")
    assert model.predict_proba(features)[:, 1].mean() == pytest.approx(hybrid.smoothed_rate(label, 0.02), rel=1e-4)


def test_accounts_that_are_repeated_do_not_make_it_surer() -> None:
    features, label, keys, _ = leads(600, seed=5)
    once = learning.fit(features, label, account=keys["account"], rules=RULES, mode="hybrid")
    rows = np.tile(np.arange(600), 5)
    often = learning.fit(
        features.iloc[rows], label[rows], account=keys["account"].iloc[rows], rules=RULES, mode="hybrid"
    )
    assert often.params["correction_deviation"] <= once.params["correction_deviation"]


@given(st.integers(0, 10_000), st.integers(1, 30))
@settings(max_examples=20, deadline=None)
def test_the_choice_is_made_with_all_owners_that_convert(seed: int, converting: int) -> None:
    rng = np.random.default_rng(seed)
    owner = rng.integers(0, 20_000, 40_000).astype(object)
    label = np.isin(owner, np.arange(converting)).astype(float)
    rows = hybrid.choice_rows(label, owner, seed)
    assert label[rows].sum() == label.sum()
    assert rows.sum() < 1.1 * hybrid.CHOICE_ROWS
    assert len(np.intersect1d(owner[rows].astype(int), owner[~rows].astype(int))) == 0


def test_more_correction_has_to_be_better_for_sure() -> None:
    rng = np.random.default_rng(0)
    owner = np.arange(2000).astype(object)
    margin = rng.normal(-2, 1, 2000)
    label = (rng.random(2000) < expit(margin)).astype(float)
    nothing = np.full(2000, -2.0)
    assert hybrid.smallest_good({0.1: nothing, 0.2: nothing + 1e-9, 0.3: margin}, label, owner) == 0.3
    assert hybrid.smallest_good({0.1: margin - 0.02 * rng.normal(size=2000), 0.3: margin}, label, owner) == 0.1
    # The same rows, but of three owners only, are no proof.
    few = (np.arange(2000) % 3).astype(object)
    assert hybrid.smallest_good({0.1: nothing, 0.3: np.where(few == 0, margin, nothing)}, label, few) == 0.1
