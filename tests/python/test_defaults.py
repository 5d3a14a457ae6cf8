"""The defaults of boosting: categories of many levels, trees beside a line, several boosters as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from leadscore.learning import choose_mode, dump_artifact, fit, load_artifact
from leadscore.learning.blending import BlendedScorer, learn_weights
from leadscore.learning.boosting import DEFAULTS, average, defaults_for
from leadscore.learning.level_rates import N_PARTS, SMOOTHING, Levels
from leadscore.learning.metrics import log_loss, roc_auc

QUICK = {"nthread": 1, "max_rounds": 60, "members": 1}


def shops(n, seed=0, levels=300, deviation=1.5):
    """Features and label of n rows whose label depends on a category of many levels and a number."""
    rng = np.random.default_rng(seed)
    effect = np.random.default_rng(99).normal(0, deviation, levels)
    shop = rng.integers(0, levels, n)
    x = rng.normal(size=n)
    label = rng.random(n) < expit(effect[shop] + x - 1)
    names = np.array([f"shop {number}" for number in range(levels)], dtype=object)[shop]
    names[rng.random(n) < 0.05] = None
    return pd.DataFrame({"shop": names, "x": x}), label.astype(float)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_rate_a_row_is_told_does_not_know_its_own_part(seed):
    rng = np.random.default_rng(seed)
    column = pd.Series(rng.choice(np.array(["a", "b", "c", None], dtype=object), 60))
    label, part = (rng.random(60) < 0.3).astype(float), rng.integers(0, N_PARTS, 60)
    levels = Levels.of(column, "shop")
    before = levels.out_of_part(slice(None), label, part)
    own = part == part[0]
    turned = np.where(own, 1 - label, label)
    assert np.array_equal(levels.out_of_part(slice(None), turned, part)[own], before[own])
    # By hand, for the first row.
    others = ~own & (column.isna() if pd.isna(column[0]) else column == column[0]).to_numpy()
    overall = (label[~own].sum() + 0.5) / ((~own).sum() + 1)
    assert before[0] == pytest.approx((label[others].sum() + SMOOTHING * overall) / (others.sum() + SMOOTHING))


def test_rates_are_told_by_name_and_never_seen_ones_are_average():
    column = pd.Series(["a", "a", "b", None, "b", "a"])
    label = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    levels = Levels.of(column, "shop")
    assert levels.levels == ("a", "b")
    rates = levels.learn(slice(None), label)
    told = rates.of(pd.Series(["b", "new", None, "a"]))
    assert told[0] < rates.unseen < told[3]
    assert told[1] == rates.unseen == pytest.approx(3.5 / 7)
    assert told[2] == rates.missing > rates.unseen
    assert np.array_equal(rates.of(pd.Series(["b", "a"], dtype="category")), told[[0, 3]])
    assert np.array_equal(rates.ranks(pd.Series(["b", "new", None, "a"])), [1, 2, np.nan, 0], equal_nan=True)
    assert np.array_equal(levels.ranks, rates.ranks(column), equal_nan=True)


def test_rows_of_one_level_are_known_to_be_so():
    """Each level's label is the turn of a coin that every row of it repeats."""
    rng = np.random.default_rng(3)
    pair = rng.integers(0, 20, (3_000, 2))
    label = np.random.default_rng(4).integers(0, 2, (20, 20))[pair[:, 0], pair[:, 1]]
    frame = pd.DataFrame({"shop": [f"s{n}" for n in pair[:, 0]], "town": [f"t{n}" for n in pair[:, 1]]})
    model = fit(frame[:2_000], label[:2_000], nthread=1, members=1)
    assert roc_auc(label[2_000:], model.predict_proba(frame[2_000:])[:, 1]) > 0.9


def test_a_category_of_many_levels_is_worth_more_than_its_commonest_levels():
    frame, label = shops(6_000)
    new, outcome = shops(6_000, seed=1)
    model = fit(frame, label, **QUICK)
    common = frame["shop"].value_counts().index[:40]
    few = frame.assign(shop=frame["shop"].where(frame["shop"].isin(common)))
    least = fit(few, label, **QUICK).predict_proba(new.assign(shop=new["shop"].where(new["shop"].isin(common))))[:, 1]
    found = model.predict_proba(new)[:, 1]
    assert roc_auc(outcome, found) > roc_auc(outcome, least) + 0.03
    parts = model.contributions(new)
    assert parts.shape == (6_000, 3)
    assert np.allclose(parts.sum(axis=1), model.margins(new), rtol=0, atol=1e-10)
    text, digest = dump_artifact(model)
    assert (load_artifact(text, digest).margins(new) == model.margins(new)).all()


def test_levels_that_say_nothing_do_not_spoil_the_probabilities():
    frame, label = shops(3_000, levels=1_500, deviation=0.0)
    new, outcome = shops(6_000, seed=1, levels=1_500, deviation=0.0)
    without = fit(frame[["x"]], label, **QUICK).predict_proba(new)[:, 1]
    assert log_loss(outcome, fit(frame, label, **QUICK).predict_proba(new)[:, 1]) < 1.01 * log_loss(outcome, without)


def test_the_mean_of_boosters_is_one_booster():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 4)).astype(np.float32)
    X[rng.random(X.shape) < 0.1] = np.nan
    y = (rng.random(500) < expit(np.nan_to_num(X[:, 0]))).astype(float)
    settings = {"objective": "binary:logistic", "subsample": 0.7, "nthread": 1}
    boosters = [
        xgb.train({**settings, "seed": seed, "max_depth": 2 + seed}, xgb.DMatrix(X, y), 10 + seed) for seed in range(3)
    ]
    margins = [booster.inplace_predict(X, predict_type="margin") for booster in boosters]
    one = average(boosters, 0.7)
    assert one.num_boosted_rounds() == 33
    assert np.allclose(one.inplace_predict(X, predict_type="margin"), np.mean(margins, axis=0) + 0.7, atol=1e-5)


def test_a_line_is_believed_where_the_world_is_one():
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.normal(size=(700, 8))).rename(columns=str)
    weight = rng.normal(size=8)
    label = rng.random(700) < expit(X.to_numpy() @ weight)
    model = fit(X, label, mode="gradient_boosting", nthread=1)
    assert isinstance(model.scorer, BlendedScorer)
    assert model.scorer.linear_weight > 0.4
    new = pd.DataFrame(rng.normal(size=(4_000, 8))).rename(columns=str)
    outcome = rng.random(4_000) < expit(new.to_numpy() @ weight)
    trees = expit(model.scorer.trees.margins(new))
    assert log_loss(outcome, model.predict_proba(new)[:, 1]) < 0.95 * log_loss(outcome, trees)
    moved = next(iter(model.shifts(new, [{"3": np.zeros(4_000)}])))
    assert np.allclose(moved, model.margins(new.assign(**{"3": 0.0})) - model.margins(new), atol=1e-5)


@given(st.integers(0, 1_000))
@settings(max_examples=25, deadline=None)
def test_neither_trees_nor_line_counts_against_itself(seed):
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=400)
    label = (rng.random(400) < expit(truth)).astype(float)
    noise = rng.normal(size=400)
    for pair in ((truth, noise), (-truth, truth), (noise, -noise)):
        trees, linear, calibration = learn_weights(*pair, label)
        assert trees >= 0
        assert linear >= 0
        assert trees + linear > 0
        assert np.isfinite(calibration.intercept)


def test_without_rules_trees_are_tried_sooner():
    label = np.zeros(400)
    label[:30] = 1
    assert choose_mode(label) == "hybrid"
    assert choose_mode(label, has_rules=False) == choose_mode(1 - label, has_rules=False) == "gradient_boosting"
    label[5:] = 0
    assert choose_mode(label, has_rules=False) == "hybrid"


def test_with_many_of_both_classes_every_column_speaks():
    label = np.arange(10_000) < 4_000
    assert defaults_for(label.astype(float))["subsample"] == 0.9
    assert defaults_for(1.0 - label)["colsample_bynode"] == 1.0
    assert defaults_for((np.arange(10_000) < 1_000).astype(float)) == DEFAULTS
    # Weights of features choose among columns: there must be some to choose from.
    assert defaults_for(label.astype(float), {"x": 2.0})["colsample_bynode"] < 1.0


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting"])
def test_one_row_and_five_thousand_levels_are_learnt_from(mode):
    frame, label = shops(12_000, levels=5_000)
    assert frame["shop"].nunique() > 4_400
    args = {"mode": mode, **(QUICK if mode == "gradient_boosting" else {})}
    many, alone = fit(frame, label, **args), fit(frame.head(1), label[:1], **args)
    for model in (many, alone):
        again = load_artifact(*dump_artifact(model))
        probability = again.predict_proba(frame)[:, 1]
        assert ((probability > 0) & (probability < 1)).all()
        assert np.allclose(again.contributions(frame).sum(axis=1), again.margins(frame), rtol=0, atol=1e-9)
    assert alone.mode == "rules"
