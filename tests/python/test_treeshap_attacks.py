"""Odd models and odd tables are explained rightly or refused by name."""

import json

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from test_treeshap import data, matrix, own, trained

from leadscore import treeshap
from leadscore.errors import LeadscoreError
from leadscore.treeshap import program


def margin(booster, X):
    return booster.predict(matrix(X, booster), output_margin=True)


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(1)
    X, y = data(rng, 300, 4, 0, 0.1)
    return trained(rng, X, y, max_depth=4), X


@pytest.mark.parametrize("objective", ["binary:logistic", "binary:logitraw", "reg:logistic"])
@pytest.mark.parametrize("rate", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_the_base_value_is_that_of_xgboost_at_any_rate(objective, rate):
    rng = np.random.default_rng(2)
    X, _ = data(rng, 400, 3, 0, 0.1)
    booster = trained(rng, X, (rng.random(400) < rate).astype(float), objective=objective)
    assert np.abs(treeshap.contributions(booster, X) - own(booster, X)).max() < 1e-4


@pytest.mark.parametrize("base_score", [1e-5, 0.3, 0.9999])
def test_a_base_score_that_was_given_counts(base_score):
    rng = np.random.default_rng(3)
    X, y = data(rng, 200, 3, 0, 0)
    booster = trained(rng, X, y, base_score=base_score)
    assert np.abs(treeshap.contributions(booster, X) - own(booster, X)).max() < 1e-4


def test_a_split_whose_rows_all_vanished_still_adds_up():
    rng = np.random.default_rng(4)
    X, y = data(rng, 300, 4, 0, 0.1)
    stored = json.loads(trained(rng, X, y, max_depth=5, min_child_weight=0).save_raw("json"))
    for tree in stored["learner"]["gradient_booster"]["model"]["trees"]:
        below = [tree["left_children"][0]]
        while below:
            node = below.pop()
            if node >= 0:
                tree["sum_hessian"][node] = 0.0
                below += [tree["left_children"][node], tree["right_children"][node]]
    booster = xgb.Booster()
    booster.load_model(bytearray(json.dumps(stored).encode()))
    found = treeshap.contributions(booster, X)
    assert np.isfinite(found).all()
    assert np.abs(found.sum(axis=1) - margin(booster, X)).max() < 1e-4


def test_a_tree_with_more_features_on_a_path_than_points_allow_is_refused(monkeypatch, model):
    monkeypatch.setattr(program, "POINTS", (1,))
    with pytest.raises(LeadscoreError, match=r"at most 2\. Train with a smaller max_depth"):
        treeshap.contributions(*model)


def test_values_beyond_float32_fall_on_the_side_that_xgboost_sends_them():
    rng = np.random.default_rng(5)
    X, y = data(rng, 300, 4, 0, 0.1)
    booster = trained(rng, X, y, max_depth=4)
    wide = X.astype(np.float64)
    wide[:50] *= 1e300
    wide[50:100] /= 1e300
    with np.errstate(over="ignore"):
        narrow = wide.astype(np.float32)
    found = treeshap.contributions(booster, wide)
    assert (found == treeshap.contributions(booster, narrow)).all()
    expected = booster.inplace_predict(narrow, predict_type="margin")
    assert np.abs(found.sum(axis=1) - expected).max() < 1e-4


def test_values_on_a_threshold_and_beside_it_go_with_xgboost():
    rng = np.random.default_rng(6)
    X, y = data(rng, 300, 3, 0, 0)
    booster = trained(rng, X, y, max_depth=3)
    limits = booster.trees_to_dataframe()["Split"].dropna().to_numpy(dtype=np.float32)
    column = np.concatenate([limits, np.nextafter(limits, -np.inf), np.nextafter(limits, np.inf)])
    edges = np.column_stack([column, column[::-1], np.roll(column, 7)])
    assert np.abs(treeshap.contributions(booster, edges) - own(booster, edges)).max() < 1e-4


def test_any_layout_and_number_type_gives_the_same(model):
    booster, X = model
    X = X.round(1)
    expected = treeshap.contributions(booster, X)
    wide = np.full((2 * len(X), 8), np.nan, dtype=np.float32)
    wide[::2, ::2] = X
    objects = X.astype(object)
    objects[np.isnan(X)] = None
    for same in (np.asfortranarray(X), wide[::2, ::2], X.tolist(), objects):
        assert (treeshap.contributions(booster, same) == expected).all()
    whole = np.nan_to_num(X).astype(np.int64)
    assert (treeshap.contributions(booster, whole) == treeshap.contributions(booster, whole.astype(float))).all()


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.array([["a", "b", "c", "d"]]), "holds string values such as 'a'"),
        (np.array([[1, 2, 3, "x"]], dtype=object), "should hold numbers but holds mixed"),
        (np.zeros((2, 4), dtype="datetime64[s]"), "should hold numbers but holds datetime"),
        (np.zeros((2, 4), dtype=complex), "should hold numbers but holds complex"),
        (np.zeros(4), r"the shape \(4,\)"),
        (np.zeros((2, 4, 1)), r"the shape \(2, 4, 1\)"),
        (np.zeros((2, 5)), "the model reads 4 columns"),
        (np.zeros((0, 0)), "the model reads 4 columns"),
        ([[1.0, 2.0, 3.0, 4.0], [5.0]], "are no matrix"),
        (3.0, r"the shape \(\)"),
        (None, r"the shape \(\)"),
    ],
)
def test_what_is_no_table_of_the_models_features_is_refused(model, features, message):
    with pytest.raises(LeadscoreError, match=message):
        treeshap.contributions(model[0], features)


def test_columns_of_a_frame_that_cannot_be_meant_are_refused():
    rng = np.random.default_rng(7)
    colour = pd.Categorical(rng.choice(["red", "green"], 200))
    frame = pd.DataFrame({"x": rng.normal(size=200), "colour": colour})
    y = (frame["colour"] == "red") ^ (rng.random(200) < 0.1)
    booster = xgb.train({"objective": "binary:logistic"}, xgb.DMatrix(frame, y, enable_categorical=True), 3)
    expected = treeshap.contributions(booster, frame)
    as_text = frame.assign(colour=frame["colour"].astype(str))
    assert (treeshap.contributions(booster, as_text) == expected).all()
    assert np.isfinite(treeshap.contributions(booster, frame.assign(colour=None))).all()
    for wrong, message in (
        (frame.assign(x="text"), "'x' should hold numbers but holds string values such as 'text'"),
        (frame.assign(x=colour), "'x' holds categories, but the model learnt it as a number"),
        (frame.assign(colour=1.0), "'colour' is a category of the model but holds plain numbers"),
        (frame.assign(x=pd.Timestamp("2025-01-01")), "'x' should hold numbers but holds datetime"),
        (frame.set_axis(["x", "x"], axis=1), "lacks the feature 'colour'"),
        (pd.concat([frame, frame[["x"]]], axis=1), "'x' appears more than once"),
    ):
        with pytest.raises(LeadscoreError, match=message):
            treeshap.contributions(booster, wrong)


def test_a_frame_for_a_model_without_names_needs_its_columns_and_no_others(model):
    booster, X = model
    expected = treeshap.contributions(booster, X)
    assert (treeshap.contributions(booster, pd.DataFrame(X)) == expected).all()
    with pytest.raises(LeadscoreError, match="has 3 columns, but the model reads 4"):
        treeshap.contributions(booster, pd.DataFrame(X[:, :3]))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"objective": "survival:aft"}, "objective 'survival:aft'"),
        ({"objective": "reg:gamma"}, "objective 'reg:gamma'"),
        ({"objective": "binary:hinge"}, "objective 'binary:hinge'"),
    ],
)
def test_more_objectives_without_log_odds_are_refused(params, message):
    rng = np.random.default_rng(8)
    rows = xgb.DMatrix(rng.normal(size=(60, 3)), rng.integers(0, 2, 60) + (params["objective"] == "reg:gamma"))
    rows.set_float_info("label_lower_bound", np.ones(60))
    rows.set_float_info("label_upper_bound", np.full(60, 2.0))
    with pytest.raises(LeadscoreError, match=message):
        treeshap.contributions(xgb.train(params, rows, 2), np.zeros((1, 3)))


def test_what_is_no_booster_is_refused():
    with pytest.raises(LeadscoreError, match=r"not of XGBClassifier\. Of a scikit-learn wrapper give get_booster"):
        treeshap.contributions(xgb.XGBClassifier(), np.zeros((1, 3)))


def test_threads_give_the_same_bytes():
    rng = np.random.default_rng(9)
    X, y = data(rng, 7_000, 6, 2, 0.2)
    booster = trained(rng, X, y, 2, rounds=40, max_depth=6)
    one, two, three = (treeshap.contributions(booster, X, nthread=n).tobytes() for n in (1, 2, 3))
    assert one == two == three


@pytest.mark.slow
def test_a_thousand_random_models_are_exact():
    worst, worst_sum = 0.0, 0.0
    for seed in range(1_000):
        rng = np.random.default_rng(seed)
        n_categorical = int(rng.choice([0, 0, 1, 3]))
        X, y = data(rng, 120, int(rng.choice([1, 3, 6])), n_categorical, rng.choice([0.0, 0.2, 0.9]))
        params = {
            "max_depth": int(rng.choice([1, 2, 3, 4, 6, 9, 16])),
            "min_child_weight": float(rng.choice([0, 1, 5])),
            "max_cat_to_onehot": int(rng.choice([1, 4, 100])),
            "tree_method": str(rng.choice(["hist", "approx"])),
            "subsample": float(rng.choice([0.6, 1.0])),
            "colsample_bynode": float(rng.choice([0.5, 1.0])),
            "eta": float(rng.choice([0.1, 0.5])),
            "base_score": float(rng.choice([0.1, 0.5])),
        }
        booster = trained(rng, X, y, n_categorical, rounds=4, **params)
        found = treeshap.contributions(booster, X)
        worst = max(worst, np.abs(found - own(booster, X)).max())
        worst_sum = max(worst_sum, np.abs(found.sum(axis=1) - margin(booster, X)).max())
    assert worst < 1e-4
    assert worst_sum < 1e-4
