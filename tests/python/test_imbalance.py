"""Rare conversions may be weighed, thinned out or made up: probabilities stay honest, and what wins is told."""

from __future__ import annotations

import builtins
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from test_learning import leads

from leadscore import training_choices
from leadscore.errors import LeadscoreError
from leadscore.learning import dump_artifact, fit
from leadscore.learning.choosing import SPACE, Backtest, compare_imbalance, family_weights, tune
from leadscore.learning.imbalance import WAYS, rebalanced
from leadscore.learning.metrics import all_metrics

QUICK = {"nthread": 1, "max_rounds": 40, "max_depth": 3, "members": 1}


def backtest(n=2_500, seed=1, rate=-3.0):
    features, label, keys, _ = leads(n, seed, rate)
    return Backtest.of(features, label, keys["as_of"], keys["account"], keys["lead"], nthread=1)


def without(monkeypatch, package):
    """Make a package as good as not installed."""
    plain = builtins.__import__

    def refusing(name, *rest, **more):
        if name.partition(".")[0] == package:
            raise ImportError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refusing)


@given(st.integers(0, 10_000), st.integers(3, 30), st.sampled_from(WAYS))
@settings(max_examples=40, deadline=None)
def test_every_way_shows_as_many_ones_as_zeros_and_invents_no_category(seed, n_ones, way):
    rng = np.random.default_rng(seed)
    n = 120
    matrix = np.column_stack(
        [rng.normal(size=n), rng.integers(0, 4, n), rng.normal(size=n), np.full(n, np.nan)]
    ).astype(np.float32)
    matrix[rng.random(n) < 0.3, 0] = np.nan
    matrix[rng.random(n) < 0.3, 1] = np.nan
    label = (np.arange(n) < n_ones).astype(float)
    sample = rebalanced(matrix, label, ["q", "c", "q", "q"], way, seed)
    if way == "none":
        assert sample.log_odds == pytest.approx(np.log((n_ones + 0.5) / (n - n_ones + 0.5)))
    else:
        assert abs(sample.log_odds) < 1e-9
    codes = sample.matrix[:, 1]
    assert np.isin(codes[~np.isnan(codes)], np.arange(4)).all()
    assert np.isnan(sample.matrix[:, 3]).all()
    assert np.nanmax(sample.matrix[:, 0]) <= np.nanmax(matrix[:, 0])
    # The rows there were come first, unchanged, but where zeros were left out.
    if way != "undersampling":
        assert np.array_equal(sample.matrix[:n], matrix, equal_nan=True)


def test_made_up_rows_are_missing_about_as_often():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(1_000, 3)).astype(np.float32)
    matrix[rng.random(1_000) < 0.6, 0] = np.nan
    label = (np.arange(1_000) < 100).astype(float)
    made = rebalanced(matrix, label, ["q"] * 3, "smote").matrix[1_000:]
    assert len(made) == 800
    assert 0.45 < np.isnan(made[:, 0]).mean() < 0.85
    assert not np.isnan(made[:, 1:]).any()


@pytest.mark.parametrize("way", WAYS)
def test_probabilities_stay_honest_and_the_same_bytes_come_twice(way):
    features, label, keys, _ = leads(4_000, 3)
    args = (features, label, keys["as_of"], keys["account"])
    model = fit(*args, lead=keys["lead"], mode="gradient_boosting", class_imbalance=way, **QUICK)
    new, outcome, *_ = leads(8_000, 4)
    found = all_metrics(outcome, model.predict_proba(new)[:, 1])
    # With as many ones as zeros, uncorrected odds would be some seven times too high.
    assert abs(found["calibration_intercept"]) < 0.3
    assert 0.75 < found["calibration_slope"] < 1.3
    assert found["roc_auc"] > 0.65
    parts = model.contributions(new)
    assert np.allclose(parts.sum(axis=1), model.margins(new), rtol=0, atol=1e-10)
    again = fit(*args, lead=keys["lead"], mode="gradient_boosting", class_imbalance=way, **QUICK)
    assert dump_artifact(again) == dump_artifact(model)


@pytest.mark.parametrize("way", WAYS)
def test_what_changed_lately_is_learnt_sooner_if_newer_rows_count_more(way):
    rng = np.random.default_rng(1)
    day = np.sort(rng.integers(0, 600, 6_000))
    x = pd.DataFrame({"old_sign": rng.normal(size=6_000), "new_sign": rng.normal(size=6_000)})
    told = np.where(day < 450, x["old_sign"], x["new_sign"])
    label = rng.random(6_000) < expit(1.5 * told - 2.5)
    as_of = np.datetime64("2024-01-01") + day

    def skill(half_life_days):
        args = {"class_imbalance": way, "mode": "gradient_boosting", "half_life_days": half_life_days, **QUICK}
        new = pd.DataFrame({"old_sign": rng.normal(size=4_000), "new_sign": np.linspace(-3, 3, 4_000)})
        outcome = rng.random(4_000) < expit(1.5 * new["new_sign"] - 2.5)
        model = fit(x, label, as_of, np.arange(6_000), **args)
        assert model.params.get("half_life_days") == half_life_days
        return all_metrics(outcome, model.predict_proba(new)[:, 1])

    alike, by_age = skill(None), skill(60.0)
    assert by_age["roc_auc"] > alike["roc_auc"] + 0.02
    assert by_age["log_loss"] < alike["log_loss"]


@pytest.mark.parametrize(("as_of", "half_life"), [(None, 90), (["2024-01-01", "2024-02-01"], 0)])
def test_a_half_life_needs_moments_and_a_length(as_of, half_life):
    with pytest.raises(LeadscoreError, match="half_life_days takes a number of days above 0, and needs as_of"):
        fit(pd.DataFrame({"x": [1.0, 2.0]}), [0, 1], as_of, mode="gradient_boosting", half_life_days=half_life)


def test_a_way_that_does_not_exist_is_refused():
    with pytest.raises(LeadscoreError, match="The way 'magic' to treat rare conversions does not exist"):
        fit(pd.DataFrame({"x": [1.0, 2.0]}), [0, 1], class_imbalance="magic")


def test_smote_without_its_package_says_so(monkeypatch):
    features, label, *_ = leads(1_500)
    without(monkeypatch, "imblearn")
    with pytest.raises(LeadscoreError, match="SMOTE needs the package imbalanced-learn"):
        fit(features, label, mode="gradient_boosting", class_imbalance="smote", **QUICK)


def test_the_comparison_chooses_another_way_only_if_it_wins_twice():
    found = compare_imbalance(backtest()).set_index("class_imbalance")
    assert set(found.index) == set(WAYS)
    assert found["is_chosen"].sum() == 1
    chosen, plain = found[found["is_chosen"]].iloc[0], found.loc["none"]
    if chosen.name != "none":
        assert chosen["log_loss"] < plain["log_loss"]
        assert chosen["pr_auc"] > plain["pr_auc"]
    assert (found["calibration_intercept"].abs() < 0.5).all()
    assert (found["n_positive"] == found["n_positive"].iloc[0]).all()


def test_where_the_data_carry_no_boosting_nothing_is_compared_or_tuned():
    few = backtest(300)
    assert len(compare_imbalance(few)) == 0
    assert len(tune(few, 3)) == 0


def test_many_rows_are_thinned_by_whole_leads():
    features, label, keys, _ = leads(3_000, rate=0.0)
    some = Backtest.of(features, label, keys["as_of"], keys["account"], keys["lead"], max_rows=600)
    assert 350 < len(some.label) < 900
    kept = features["age"].isin(some.frame["age"].dropna())
    leads_kept = pd.Series(keys["lead"])[kept.to_numpy()].unique()
    whole = pd.Series(keys["lead"]).isin(leads_kept)
    assert len(some.label) >= whole.sum() * 0.85


def test_trials_are_the_same_for_the_same_seed_and_start_with_the_defaults():
    test = backtest()
    first, again = tune(test, 3, seed=5), tune(test, 3, seed=5)
    pd.testing.assert_frame_equal(first, again)
    assert first["trial"].tolist() == [0, 1, 2]
    assert first.loc[0, "eta"] == 0.05
    assert first.loc[first["is_chosen"], "log_loss"].item() == first["log_loss"].min()
    assert {"max_depth", "eta"} <= set(SPACE)
    assert tune(test, 3, seed=6)["eta"].tolist()[1:] != first["eta"].tolist()[1:]


def test_no_more_trials_than_there_is_time_for():
    assert len(tune(backtest(), 50, minutes=1e-6)) == 1


def test_tuning_without_its_package_says_so(monkeypatch):
    test = backtest()
    without(monkeypatch, "optuna")
    with pytest.raises(LeadscoreError, match="Tuning needs the package optuna"):
        tune(test, 2)


def test_weights_of_families_become_weights_of_features_and_shift_importance():
    families = {"visits": "behaviour", "age": "behaviour", "seniority": "fit", "noise": "fit", "has_phone": "fit"}
    weights = family_weights(" behaviour=50 , fit = 1", families)
    assert weights == {"visits": 50.0, "age": 50.0}
    with pytest.raises(LeadscoreError, match="names the family 'luck', which does not exist; there are behaviour, fit"):
        family_weights("luck=2", families)
    features, label, *_ = leads(3_000)

    def behaviour(weights):
        model = fit(features, label, mode="gradient_boosting", feature_weights=weights, colsample_bynode=0.2, **QUICK)
        size = np.abs(model.contributions(features)[:, :-1]).mean(axis=0)
        return size[[0, 2]].sum() / size.sum()

    assert behaviour(weights) > behaviour(None)


def test_what_was_chosen_becomes_the_arguments_of_training():
    parameters = pa.table(
        {"feature_family_weights": ["fit=2"], "random_seed": [7], "horizon_days": [90], "class_imbalance": ["auto"]}
    )
    decision = pa.table({"reasons": ["age"]})
    catalogue = pa.table({"feature": ["x", "y"], "family": ["fit", "intent"]})
    comparison = pa.table({"class_imbalance": ["none", "smote"], "is_chosen": [False, True]})
    trials = pa.table(
        {"trial": [0, 1], "is_chosen": [False, True], **{name: [1.0, 2.0] for name in SPACE}, "max_depth": [3, 4]}
    )
    (row,) = training_choices.settings(parameters, decision, comparison, trials, catalogue).to_pylist()
    assert row["random_seed"] == 7
    assert '"class_imbalance": "smote"' in row["training_options"]
    assert '"feature_weights": {"x": 2.0}' in row["training_options"]
    assert '"max_depth": 4' in row["training_options"]


@pytest.mark.parametrize(
    ("reasons", "half_life"), [("age, drift", 180), ("performance_down", 180), ("age, more_data", None), (None, None)]
)
def test_newer_snapshots_count_more_after_a_change_and_only_then(reasons, half_life):
    parameters = pa.table({"feature_family_weights": [""], "horizon_days": [90], "class_imbalance": ["smote"]})
    nothing = pa.table({"is_chosen": pa.array([], pa.bool_())})
    catalogue = pa.table({"feature": ["x"], "family": ["fit"]})
    decision = pa.table({"reasons": pa.array([reasons], pa.string())})
    (row,) = training_choices.settings(parameters, decision, nothing, nothing, catalogue).to_pylist()
    assert json.loads(row["training_options"]).get("half_life_days") == half_life
    assert json.loads(row["training_options"])["class_imbalance"] == "smote", "What is fixed needs no comparison."


def test_where_the_defaults_win_tuning_changes_nothing():
    parameters = pa.table({"feature_family_weights": [""], "horizon_days": [90], "class_imbalance": ["auto"]})
    trials = pa.table({"trial": [0, 1], "is_chosen": [True, False], **{name: [3.0, 2.0] for name in SPACE}})
    comparison = pa.table({"class_imbalance": ["none"], "is_chosen": [True]})
    catalogue = pa.table({"feature": ["x"], "family": ["fit"]})
    decision = pa.table({"reasons": ["no_model"]})
    (row,) = training_choices.settings(parameters, decision, comparison, trials, catalogue).to_pylist()
    assert json.loads(row["training_options"]) == {"class_imbalance": "none"}


def test_a_sample_to_compare_ways_on_carries_boosting_where_all_rows_do():
    features, label, keys, _ = leads(12_000, 5, rate=-5.5)
    args = keys["as_of"], keys["account"], keys["lead"]
    assert 50 < label.sum() < 500
    assert Backtest.of(features, label, *args, max_rows=1_000, nthread=1).folds


def test_ways_are_judged_with_the_weights_that_training_will_have():
    features, label, keys, _ = leads(2_000, 3)
    args = features, label, keys["as_of"], keys["account"], keys["lead"]
    name = str(features.columns[0])
    plain, weighted = (Backtest.of(*args, nthread=1, feature_weights=weights) for weights in (None, {name: 20.0}))
    few = {"colsample_bynode": 0.3}
    assert plain.judge(**few)["log_loss"] != weighted.judge(**few)["log_loss"]
