"""fit takes any labelled table and gives a model that tells rows apart, adds up, and says what it cannot read."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from leadscore import learning
from leadscore.errors import LeadscoreError
from leadscore.learning import choose_mode, metrics, training
from leadscore.learning.encoding import OTHER, FeatureSpec, encode, learn_features
from leadscore.learning.evaluate import metrics_of
from leadscore.learning.hybrid import CORRECTION_DEVIATIONS

RULES = pd.DataFrame(
    {
        "rule": ["busy", "boss"],
        "feature": ["visits", "seniority"],
        "operator": [">=", "in"],
        "threshold": ["3", "vp|c_level"],
        "points": [10.0, 6.0],
        "description": ["", ""],
    }
)


def leads(n, seed=0, rate=-3.0, days=500):
    """Features, label and keys of n snapshots whose conversion depends on visits, seniority and their account."""
    rng = np.random.default_rng(seed)
    lead = rng.integers(0, max(n // 2, 1), n)
    account = lead % max(n // 6, 1)
    features = pd.DataFrame(
        {
            "visits": rng.poisson(1.5, n).astype(float),
            "seniority": rng.choice(np.array(["vp", "entry", "c_level", None], dtype=object), n),
            "age": rng.exponential(100, n),
            "noise": rng.normal(size=n),
            "has_phone": rng.random(n) < 0.5,
        }
    )
    features.loc[rng.random(n) < 0.1, "age"] = np.nan
    margin = (
        rate
        + 0.6 * features["visits"]
        + 0.8 * features["seniority"].isin(["vp", "c_level"])
        - 0.004 * features["age"].fillna(100)
    )
    truth = expit(margin.to_numpy())
    keys = {
        "as_of": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, days, n), unit="D"),
        "account": account,
        "lead": lead,
    }
    return features, rng.random(n) < truth, keys, truth


def fit(features, label, *keys, **params):
    # One thread: waking a second one for a table this small costs more than it brings.
    return learning.fit(features, label, *keys, nthread=1, **params)


def evaluate(features, label, *keys, **params):
    return learning.evaluate(features, label, *keys, nthread=1, **params)


# Encoding


def test_levels_go_by_frequency_then_name_and_the_rest_is_other():
    column = ["b"] * 3 + ["a"] * 3 + ["c"] * 5 + ["d", "e", None]
    (spec,) = learn_features(pd.DataFrame({"x": column}), max_levels=3)
    assert spec == FeatureSpec("x", "categorical", ("c", "a", "b", OTHER))
    codes = encode(pd.DataFrame({"x": ["a", "d", "never seen", None]}), [spec])[:, 0]
    assert np.array_equal(codes, [1, 3, 3, np.nan], equal_nan=True)


def test_without_rare_levels_a_value_never_seen_is_missing():
    (spec,) = learn_features(pd.DataFrame({"x": ["a", "b", "a"]}))
    assert np.array_equal(encode(pd.DataFrame({"x": ["z", "b"]}), [spec])[:, 0], [np.nan, 1], equal_nan=True)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 0, 1], dtype="int8"),
        pd.Series([True, False, True]),
        pd.Series([True, False, None], dtype=object),
        pd.Series([True, False, None], dtype="boolean"),
        pd.Series([1, 0, None], dtype="Int64"),
        pd.Series([Decimal("1"), Decimal("0"), None], dtype=object),
        pd.Series([1.0, 0.0, np.inf]),
        pd.Series([1, 0, None], dtype=pd.ArrowDtype(pa.int32())),
        pd.Series([1.0, 0.0, 1e300]),
    ],
)
def test_every_kind_of_number_is_a_number(column):
    frame = pd.DataFrame({"x": column})
    (spec,) = learn_features(frame)
    assert spec.kind == "numeric"
    codes = encode(frame, [spec])[:, 0]
    assert codes[:2].tolist() == [1.0, 0.0]
    assert codes[2] == 1.0 or np.isnan(codes[2])


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_arrow_frames_and_any_order_of_columns_encode_alike(seed):
    features, *_ = leads(60, seed)
    specs = learn_features(features)
    expected = encode(features, specs)
    arrow = pa.Table.from_pandas(features)
    for same in (
        features[features.columns[::-1]],
        features.astype({"seniority": "category"}),
        arrow,
        arrow.to_batches()[0],
    ):
        assert np.array_equal(encode(same, specs), expected, equal_nan=True)
    assert {spec.name: spec for spec in learn_features(arrow)} == {spec.name: spec for spec in specs}


def test_empty_and_all_missing_columns_are_all_missing():
    frame = pd.DataFrame(
        {"x": pd.Series([None, None], dtype=object), "y": [np.nan, np.nan], "z": pd.Categorical([None, None])}
    )
    specs = learn_features(frame)
    assert np.isnan(encode(frame, specs)).all()
    assert np.isnan(encode(pd.DataFrame({"x": ["new"], "y": [None], "z": ["new"]}), specs)).all()


def test_very_long_and_odd_texts_are_levels():
    frame = pd.DataFrame({"x": ["🦄" * 50_000, "", "a|b", "🦄" * 50_000]})
    (spec,) = learn_features(frame)
    assert max(map(len, spec.levels)) <= 200
    assert encode(frame, [spec])[:, 0].tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"x": [1.0, 2.0]}), "The feature 'y' is missing from the table"),
        (pd.DataFrame({"y": ["seven", None]}), "'y' should hold numbers but holds string values such as 'seven'"),
        (pd.DataFrame([[1.0, 2.0]], columns=["y", "y"]), "'y' appears more than once"),
        ([[1.0]], "Features came as list"),
    ],
)
def test_a_table_that_does_not_fit_the_model_is_refused_by_name(frame, message):
    with pytest.raises(LeadscoreError, match=message):
        encode(frame, [FeatureSpec("y", "numeric")])


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pd.to_datetime(["2024-01-01"] * 2), "'x' holds dates or times"),
        ([datetime.date(2024, 1, 1)] * 2, "'x' holds dates or times"),
        (pd.to_timedelta([1, 2]), "'x' holds dates or times"),
        ([[1], [2]], "'x' holds nested values"),
    ],
)
def test_columns_no_model_can_read_are_refused(column, message):
    with pytest.raises(LeadscoreError, match=message):
        fit(pd.DataFrame({"x": column}), [0, 1])


# Fitting


@pytest.mark.parametrize(
    ("n_leads", "conversions", "mode"),
    [
        (5_000, 19, "rules"),
        (5_000, 20, "hybrid"),
        (5_000, 49, "hybrid"),
        (999, 300, "hybrid"),
        (1_000, 50, "gradient_boosting"),
    ],
)
def test_the_mode_follows_the_number_of_people_not_of_rows(n_leads, conversions, mode):
    label = np.zeros(n_leads)
    label[:conversions] = 1
    assert choose_mode(label) == mode
    # Three snapshots of each person carry no more than one.
    assert choose_mode(np.tile(label, 3), np.tile(np.arange(n_leads), 3)) == mode


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting"])
def test_every_mode_adds_up_and_ranks(mode):
    features, label, keys, _ = leads(4_000)
    model = fit(features, label, keys["as_of"], keys["account"], RULES, mode=mode, lead=keys["lead"])
    assert model.mode == mode
    p = model.predict_proba(features)
    assert p.shape == (4_000, 2)
    assert np.allclose(p.sum(axis=1), 1)
    parts = model.contributions(features)
    assert parts.shape == (4_000, 6)
    assert np.allclose(parts.sum(axis=1), model.margins(features), rtol=0, atol=1e-10)
    assert np.allclose(expit(model.margins(features)), p[:, 1])
    assert len(np.unique(parts[:, -1])) == 1
    assert metrics.roc_auc(label, p[:, 1]) > 0.65


def test_boosting_finds_most_of_what_can_be_found():
    features, label, keys, _ = leads(12_000, rate=-4)
    model = fit(features, label, keys["as_of"], keys["account"], lead=keys["lead"])
    assert model.mode == "gradient_boosting"
    new, outcome, _, truth = leads(12_000, seed=1, rate=-4)
    p = model.predict_proba(new)[:, 1]
    assert metrics.reachable_skill(outcome, p, truth) > 0.8
    assert metrics.all_metrics(outcome, p)["ece"] < 0.015


def test_the_hybrid_is_the_rules_without_data_and_leaves_them_with_data():
    features, label, *_ = leads(300)
    rules = fit(features, label, rules=RULES, mode="rules")
    # One conversion in a hundred rows that say nothing: still the rules, nearly.
    few = fit(features[:100], np.arange(100) == 50, rules=RULES, mode="hybrid")
    alike = np.corrcoef(few.margins(features), rules.margins(features))[0, 1]
    assert alike > 0.95
    features, label, _, truth = leads(6_000, seed=2)
    much = fit(features, label, rules=RULES.assign(points=-RULES["points"]), mode="hybrid")
    assert metrics.reachable_skill(label, much.predict_proba(features)[:, 1], truth) > 0.8


def test_with_no_row_at_all_every_mode_is_the_rules():
    features, *_ = leads(50)
    for mode in ("auto", "hybrid", "gradient_boosting"):
        model = fit(features[:0], [], rules=RULES, mode=mode, assumed_rate=0.05)
        assert model.mode == "rules"
        assert model.contributions(features)[0, -1] == pytest.approx(np.log(0.05 / 0.95))
    assert min(CORRECTION_DEVIATIONS) > 0


@pytest.mark.parametrize("label", [np.zeros(200), np.ones(200, dtype=int), [False] * 200])
@pytest.mark.parametrize("mode", ["auto", "hybrid", "gradient_boosting"])
def test_a_single_class_gives_the_base_rate(label, mode):
    features, *_ = leads(200)
    model = fit(features, label, mode=mode)
    p = model.predict_proba(features)[:, 1]
    assert model.mode == "rules"
    assert len(np.unique(p)) == 1
    assert 0 < p[0] < 1


@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from(["hybrid", "gradient_boosting"]))
@settings(max_examples=15, deadline=None)
def test_tiny_tables_with_useless_columns_never_crash(seed, n, mode):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "constant": np.ones(n),
            "nothing": np.full(n, np.nan),
            "unique": [f"v{i}" for i in range(n)],
            "empty": pd.Series([None] * n, dtype=object),
            "huge": rng.normal(size=n) * 1e300,
            "infinite": rng.choice([np.inf, -np.inf, 0.0], n),
        }
    )
    model = fit(
        frame, rng.random(n) < 0.5, as_of=["2024-01-01"] * n, account=rng.integers(0, 3, n), mode=mode, max_rounds=10
    )
    assert np.isfinite(model.margins(frame)).all()
    assert np.isfinite(model.contributions(frame)).all()


def test_scoring_ignores_order_and_surplus_and_refuses_a_lack():
    features, label, *_ = leads(1_500)
    model = fit(features, label, mode="gradient_boosting", max_rounds=20)
    turned = features[features.columns[::-1]].assign(more="text")
    assert (model.predict_proba(turned) == model.predict_proba(features)).all()
    assert model.predict_proba(features[:0]).shape == (0, 2)
    assert model.contributions(features[:0]).shape == (0, 6)
    with pytest.raises(LeadscoreError, match="The feature 'age' is missing"):
        model.predict_proba(features.drop(columns="age"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": [0, 1, None]}, "The label is missing in 1 of 3 rows"),
        ({"label": [0, 1, 2]}, "neither 0 nor 1 in 1 of 3 rows, for example 2"),
        ({"label": ["yes", "no", "no"]}, "neither 0 nor 1 in 3 of 3 rows, for example 'yes'"),
        ({"label": [0, 1]}, "The label has 2 rows and the features have 3"),
        ({"account": [1]}, "account has 1 rows and the features have 3"),
        ({"mode": "magic"}, "The mode 'magic' does not exist"),
        ({"depth": 3}, "does not know the parameter 'depth'"),
    ],
)
def test_wrong_arguments_are_refused_by_name(change, message):
    with pytest.raises(LeadscoreError, match=message):
        fit(**{"features": pd.DataFrame({"x": [1, 2, 3]}), "label": [0, 1, 0], **change})


# Evaluation


def test_the_evaluation_judges_both_scorers_on_rows_unknown_to_them():
    features, label, keys, _ = leads(8_000, rate=-2.5)
    found = evaluate(features, label, **keys, rules=RULES, n_boot=30, max_rounds=60)
    assert found.note == ""
    assert found.mode == "gradient_boosting"
    held_out = found.predictions["row"].to_numpy()
    assert len(set(held_out)) == len(held_out)
    assert (keys["as_of"][held_out] >= found.window_start).all()
    assert 0.2 < len(held_out) / 8_000 < 0.3
    assert (found.predictions["label"] == label[held_out]).all()
    figures = found.metrics.set_index(["split", "scorer", "metric"])["value"]
    assert set(found.metrics["split"]) == {"out_of_time", "random", "leakage_gap"}
    assert figures["out_of_time", "model", "roc_auc"] > figures["out_of_time", "rules", "roc_auc"]
    assert found.metrics.groupby(["split", "scorer"]).size().tolist() == [len(metrics.METRICS)] * 6
    rows = found.metrics.groupby("split")["n_rows"].first()
    assert rows["random"] == rows["leakage_gap"] == rows["out_of_time"] // 2
    gaps = found.metrics[found.metrics["split"] == "leakage_gap"]
    assert (gaps["lower"] <= gaps["upper"]).sum() > 10, "A gap has its interval."


def test_the_leakage_gap_is_the_difference_on_the_rows_that_both_predicted():
    rng = np.random.default_rng(0)
    honest = pd.DataFrame(
        {"row": np.arange(600), "label": rng.random(600) < 0.2, "owner": np.arange(600) // 2, "n_train": 9}
    )
    honest["model"], honest["rules"] = rng.random(600), rng.random(600)
    random = honest.sample(300, random_state=1).assign(model=lambda rows: 0.5 * rows["model"] + 0.5 * rows["label"])
    both = pd.concat([honest.assign(split="out_of_time"), random.assign(split="random")])
    figures = metrics_of(both, n_boot=50).set_index(["split", "scorer", "metric"])
    gap = figures.loc["leakage_gap", "model", "roc_auc"]
    on_the_same = metrics.roc_auc(random["label"], honest["model"][random.index])
    assert gap["value"] == pytest.approx(figures.loc["random", "model", "roc_auc"]["value"] - on_the_same)
    assert gap["lower"] > 0.2
    assert figures.loc["leakage_gap", "rules", "roc_auc"]["value"] == 0


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting"])
def test_a_half_life_is_judged_like_any_other_way_to_train(mode):
    features, label, keys, _ = leads(3_000, rate=-2.0)
    args = {"rules": RULES, "mode": mode, "n_boot": 5, "max_rounds": 20}
    if mode != "gradient_boosting":
        del args["max_rounds"]
    found, weighted = (evaluate(features, label, **keys, **args, half_life_days=days) for days in (None, 60))
    honest = [table.predictions["model"].to_numpy() for table in (found, weighted)]
    assert np.array_equal(*honest) == (mode != "gradient_boosting")


def test_slices_are_judged_each_alone():
    rng = np.random.default_rng(4)
    probability = rng.random(400) / 4
    predictions = pd.DataFrame(
        {
            "split": np.where(np.arange(400) < 300, "out_of_time", "random"),
            "row": np.arange(400),
            "segment": np.where(np.arange(400) % 3 == 0, "enterprise", "smb"),
            "label": rng.random(400) < probability,
            "model": probability,
            "rules": 0.1,
            "owner": rng.integers(0, 50, 400).astype(str),
            "n_train": 1000,
        }
    )
    found = metrics_of(predictions, n_boot=20, threshold=0.2, slices=["segment"])
    part = predictions[(predictions["split"] == "out_of_time") & (predictions["segment"] == "smb")]
    alone = metrics.with_intervals(part["label"], part["model"], part["owner"], n_boot=20, threshold=0.2)
    ours = found.query("slice_kind == 'segment' and slice == 'smb' and scorer == 'model'")
    assert ours[["metric", "value", "lower", "upper"]].reset_index(drop=True).equals(alone)
    assert set(found.loc[found["slice_kind"] == "segment", "split"]) == {"out_of_time"}
    assert not found.duplicated(["split", "slice_kind", "slice", "scorer", "metric"]).any()


def test_a_random_split_flatters_where_accounts_repeat_themselves():
    rng = np.random.default_rng(3)
    account = np.repeat(np.arange(300), 12)
    # The features tell accounts apart and nothing else, and a whole account converts or does not.
    features = pd.DataFrame(rng.normal(size=(300, 3))[account], columns=list("abc"))
    label = (rng.random(300) < 0.3)[account]
    as_of = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, len(account)), unit="D")
    found = evaluate(features, label, as_of, account, np.arange(len(account)), n_boot=20, max_rounds=60)
    figures = found.metrics.set_index(["split", "scorer", "metric"])["value"]
    assert figures["random", "model", "roc_auc"] > 0.8
    assert figures["out_of_time", "model", "roc_auc"] < 0.65


def test_a_short_history_is_told_and_not_guessed():
    features, label, keys, _ = leads(600, days=60)
    found = evaluate(features, label, **keys, n_boot=10)
    assert found.predictions.empty
    assert found.window_start is None
    assert "Collect a longer history" in found.note
    assert found.metrics.query("split == 'out_of_time'")["value"].isna().all()


def test_many_rows_are_thinned_by_whole_leads_and_one_class_is_survived():
    features, _, keys, _ = leads(3_000)
    found = evaluate(features, np.zeros(3_000), **keys, rules=RULES, max_rows=1_500, n_boot=10)
    assert 0 < len(found.predictions) < 500
    assert found.metrics.query("metric == 'roc_auc'")["value"].isna().all()


def test_what_calibrates_learns_from_every_row_of_the_accounts_that_are_not_held_out():
    rng = np.random.default_rng(3)
    owner = rng.integers(0, 40, 600).astype(str).astype(object)
    day = np.datetime64("2024-01-01") + rng.integers(0, 500, 600)
    label = (rng.random(600) < 0.3) * 1.0
    folds = training.honest_folds(label, day, owner, None, 90, 4, 0)
    wider = training.with_newest(folds, owner)
    for (past, out), (fit, still) in zip(folds, wider, strict=True):
        assert (still == out).all()
        assert fit[past].all()
        assert (fit == ~np.isin(owner, owner[out])).all()
        assert day[fit].max() >= day[out].min(), "The newest days are known."
