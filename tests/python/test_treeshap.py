"""Contributions equal XGBoost's own and shap's, add up to the margin, and refuse what they cannot explain."""

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore import treeshap
from leadscore.errors import LeadscoreError


def data(rng, n, n_numeric, n_categorical, missing):
    X = np.column_stack([rng.normal(size=(n, n_numeric)).round(1), rng.integers(0, 9, (n, n_categorical))]).astype(
        np.float32
    )
    X[rng.random(X.shape) < missing] = np.nan
    margin = np.nan_to_num(X) @ rng.normal(size=X.shape[1]) * 0.7
    return X, (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(float)


def matrix(X, booster=None, n_categorical=0, y=None):
    types = booster.feature_types if booster else ["q"] * (X.shape[1] - n_categorical) + ["c"] * n_categorical
    return xgb.DMatrix(X, y, feature_types=types, enable_categorical=True)


def trained(rng, X, y, n_categorical=0, rounds=8, **params):
    settings = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "seed": int(rng.integers(1000))}
    return xgb.train({**settings, **params}, matrix(X, None, n_categorical, y), rounds)


def own(booster, X):
    return booster.predict(matrix(X, booster), pred_contribs=True)


@st.composite
def models(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_categorical = draw(st.integers(0, 3))
    X, y = data(rng, 250, draw(st.integers(1, 5)), n_categorical, draw(st.sampled_from([0.0, 0.2, 0.9])))
    params = {
        "max_depth": draw(st.sampled_from([1, 2, 3, 4, 6, 9, 16])),
        "min_child_weight": draw(st.sampled_from([0.0, 1.0, 10.0])),
        "max_cat_to_onehot": draw(st.sampled_from([1, 4, 100])),
        "grow_policy": draw(st.sampled_from(["depthwise", "lossguide"])),
        "subsample": draw(st.sampled_from([0.6, 1.0])),
        "num_parallel_tree": draw(st.sampled_from([1, 2])),
        "eta": draw(st.sampled_from([0.1, 0.5])),
    }
    return trained(rng, X, y, n_categorical, **params), X


@given(models())
@settings(max_examples=50, deadline=None)
def test_they_equal_those_of_xgboost_and_add_up_to_the_margin(case):
    booster, X = case
    found = treeshap.contributions(booster, X)
    assert found.dtype == np.float64
    assert np.abs(found - own(booster, X)).max() < 1e-4
    assert np.abs(found.sum(axis=1) - booster.predict(matrix(X, booster), output_margin=True)).max() < 1e-4


@pytest.mark.parametrize("depth", [2, 5])
def test_they_equal_those_of_shap(depth):
    shap = pytest.importorskip("shap")
    rng = np.random.default_rng(depth)
    X, y = data(rng, 400, 6, 0, 0.2)
    booster = trained(rng, X, y, rounds=20, max_depth=depth)
    explainer = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    found = treeshap.contributions(booster, X)
    assert np.abs(found[:, :-1] - explainer.shap_values(X)).max() < 1e-4
    assert found[0, -1] == pytest.approx(float(np.ravel(explainer.expected_value)[0]), abs=1e-4)


def test_a_deep_tree_on_one_feature_is_exact():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(3_000, 2)).astype(np.float32)
    y = (np.sin(7 * X[:, 0]) > 0).astype(float)
    booster = trained(rng, X, y, max_depth=16, min_child_weight=0, reg_lambda=0.01)
    assert np.abs(treeshap.contributions(booster, X) - own(booster, X)).max() < 1e-4


def test_threads_batches_and_a_kept_explainer_change_no_bit():
    rng = np.random.default_rng(4)
    X, y = data(rng, 9_500, 8, 2, 0.1)
    booster = trained(rng, X, y, 2, rounds=30, max_depth=5)
    one = treeshap.contributions(booster, X, nthread=1)
    assert (one == treeshap.contributions(booster, X, nthread=3)).all()
    explainer = treeshap.Explainer(booster)
    pieces = [treeshap.contributions(explainer, X[a:b]) for a, b in ((0, 1), (1, 300), (300, 9_500))]
    assert (one == np.concatenate(pieces)).all()


def test_without_numba_xgboost_serves(monkeypatch):
    rng = np.random.default_rng(5)
    X, y = data(rng, 300, 4, 1, 0.1)
    booster = trained(rng, X, y, 1)
    X[0, 0], X[1, 1] = np.inf, -np.inf
    quick = treeshap.contributions(booster, X)
    monkeypatch.setattr(treeshap, "is_compiled", lambda: False)
    slow = treeshap.contributions(booster, X)
    assert slow.dtype == np.float64
    assert np.abs(quick - slow).max() < 1e-4


def test_infinities_missing_rows_and_unseen_codes_follow_the_booster():
    rng = np.random.default_rng(6)
    X, y = data(rng, 400, 3, 2, 0.1)
    booster = trained(rng, X, y, 2, max_depth=4, max_cat_to_onehot=2)
    odd = np.full((6, 5), np.nan, dtype=np.float32)
    odd[1], odd[2], odd[3, :3], odd[4, 3:], odd[5] = np.inf, -np.inf, 1e38, 4_000, -1.0
    margin = booster.inplace_predict(odd, predict_type="margin")
    assert np.abs(treeshap.contributions(booster, odd).sum(axis=1) - margin).max() < 1e-4


def test_one_leaf_trees_no_trees_and_no_rows():
    rng = np.random.default_rng(7)
    X, y = data(rng, 50, 3, 0, 0)
    booster = trained(rng, X, y, min_child_weight=1e6)
    found = treeshap.contributions(booster, X)
    assert (found[:, :-1] == 0).all()
    assert np.abs(found - own(booster, X)).max() < 1e-6
    assert (treeshap.contributions(trained(rng, X, y, rounds=0), X)[:, :-1] == 0).all()
    assert treeshap.contributions(trained(rng, X, y), X[:0]).shape == (0, 4)


def test_a_frame_is_read_by_name():
    rng = np.random.default_rng(8)
    X, y = data(rng, 300, 3, 0, 0.1)
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    booster = xgb.train({"objective": "binary:logistic"}, xgb.DMatrix(frame, y), 5)
    expected = treeshap.contributions(booster, X)
    assert (treeshap.contributions(booster, frame[["c", "a", "b"]].assign(more="text")) == expected).all()
    with pytest.raises(LeadscoreError, match="lacks the feature 'b'"):
        treeshap.contributions(booster, frame[["a", "c"]])


@pytest.mark.parametrize("values", [["red", "green", "blue"], [30, 10, 20]])
def test_categories_of_a_frame_keep_the_codes_of_training(values):
    rng = np.random.default_rng(9)
    colour = rng.choice(np.array(values, dtype=object), 400)
    frame = pd.DataFrame({"x": rng.normal(size=400), "colour": pd.Categorical(colour, categories=values)})
    y = ((colour == values[1]) ^ (rng.random(400) < 0.1)).astype(float)
    booster = xgb.train({"objective": "binary:logistic"}, xgb.DMatrix(frame, y, enable_categorical=True), 5)
    expected = booster.predict(xgb.DMatrix(frame, enable_categorical=True), pred_contribs=True)
    turned = frame.assign(colour=pd.Categorical(colour, categories=values[::-1]))
    assert np.abs(treeshap.contributions(booster, turned) - expected).max() < 1e-4
    unseen = frame.assign(colour=pd.Categorical(["?"] * 400))
    with pytest.raises(LeadscoreError, match=r"'colour' holds the category '\?'"):
        treeshap.contributions(booster, unseen)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"booster": "dart"}, "not for 'dart'"),
        ({"booster": "gblinear"}, "not for 'gblinear'"),
        ({"objective": "multi:softprob", "num_class": 2}, "objective 'multi:softprob'"),
        ({"objective": "count:poisson"}, "objective 'count:poisson'"),
        ({"objective": "rank:pairwise"}, "objective 'rank:pairwise'"),
    ],
)
def test_other_models_are_refused_by_name(params, message):
    rng = np.random.default_rng(10)
    X, y = data(rng, 60, 3, 0, 0)
    booster = xgb.train({"objective": "binary:logistic", **params}, xgb.DMatrix(X, y), 2)
    with pytest.raises(LeadscoreError, match=message):
        treeshap.contributions(booster, X)


def test_several_targets_are_refused():
    rng = np.random.default_rng(11)
    X, y = data(rng, 60, 3, 0, 0)
    booster = xgb.train({"objective": "binary:logistic"}, xgb.DMatrix(X, np.column_stack([y, 1 - y])), 2)
    with pytest.raises(LeadscoreError, match="several targets"):
        treeshap.contributions(booster, X)


def test_a_plain_regression_is_explained_in_its_own_unit():
    rng = np.random.default_rng(12)
    X, _ = data(rng, 200, 3, 0, 0.1)
    booster = xgb.train({"objective": "reg:squarederror"}, xgb.DMatrix(X, rng.normal(5, 1, 200)), 5)
    assert np.abs(treeshap.contributions(booster, X) - own(booster, X)).max() < 1e-4


def test_a_matrix_of_another_width_is_refused():
    rng = np.random.default_rng(13)
    X, y = data(rng, 60, 3, 0, 0)
    with pytest.raises(LeadscoreError, match="the model reads 3 columns"):
        treeshap.contributions(trained(rng, X, y), X[:, :2])


def test_no_rows_give_no_contributions_with_and_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(3).normal(size=(60, 4)).astype(np.float32)
    booster = xgb.train({"nthread": 1}, xgb.DMatrix(X, (X[:, 0] > 0).astype(float)), 3)
    for compiled in (True, False):
        monkeypatch.setattr(treeshap, "is_compiled", lambda answer=compiled: answer)
        assert treeshap.contributions(booster, X[:0]).shape == (0, 5)
