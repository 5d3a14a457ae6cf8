"""Rules give their points where, and only where, their condition is met."""

import numpy as np
import pandas as pd
import pytest

from leadscore.errors import LeadscoreError
from leadscore.learning import fit
from leadscore.learning.rules import rule_points
from leadscore.scorecard import LOG_ODDS_PER_POINT

FEATURES = pd.DataFrame(
    {
        "visits": [0.0, 3.0, 5.0, np.nan],
        "seniority": ["vp", "entry", None, "c_level"],
        "work_email": [True, False, True, True],
    }
)


def rule(feature, operator, threshold, points=10):
    return {
        "rule": f"{feature} {operator}",
        "feature": feature,
        "operator": operator,
        "threshold": threshold,
        "points": points,
    }


@pytest.mark.parametrize(
    ("feature", "operator", "threshold", "met"),
    [
        ("visits", ">=", "3", [0, 1, 1, 0]),
        ("visits", ">", "3", [0, 0, 1, 0]),
        ("visits", "<=", "3", [1, 1, 0, 0]),
        ("visits", "<", "3", [1, 0, 0, 0]),
        ("visits", "=", "5", [0, 0, 1, 0]),
        ("visits", "!=", "5", [1, 1, 0, 0]),
        ("visits", "in", "0|5", [1, 0, 1, 0]),
        ("visits", "is_null", None, [0, 0, 0, 1]),
        ("visits", "is_not_null", "", [1, 1, 1, 0]),
        ("seniority", "=", "vp", [1, 0, 0, 0]),
        ("seniority", "!=", "vp", [0, 1, 0, 1]),
        ("seniority", "in", "vp|c_level", [1, 0, 0, 1]),
        ("seniority", "in", "vp, c_level", [1, 0, 0, 1]),
        ("seniority", "is_null", np.nan, [0, 0, 1, 0]),
        ("work_email", "=", "true", [1, 0, 1, 1]),
        ("work_email", "=", "0", [0, 1, 0, 0]),
    ],
)
def test_each_operator(feature, operator, threshold, met):
    points = rule_points(FEATURES, pd.DataFrame([rule(feature, operator, threshold, -4)]))
    assert points[:, 0].tolist() == [-4.0 * m for m in met]


def test_categories_and_texts_meet_rules_alike():
    rules = pd.DataFrame([rule("seniority", "in", "vp|c_level")])
    assert (rule_points(FEATURES, rules) == rule_points(FEATURES.astype({"seniority": "category"}), rules)).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (rule("visit", ">=", "3"), r"Row 2 of the rule points \('visit >='\) names the feature 'visit'"),
        (rule("visits", "~", "3"), "Row 2 .* has the operator '~'"),
        (rule("visits", ">=", "many"), "Row 2 .* compares with 'many', which is no number"),
        (rule("visits", ">=", "nan"), "Row 2 .* compares with 'nan', which is no number"),
        (rule("visits", ">=", None), "Row 2 .* has no threshold"),
        (rule("visits", ">=", "3", "ten"), "Row 2 .* gives 'ten' points"),
        (rule("seniority", ">=", "3"), "'seniority' should hold numbers but holds string values such as 'vp'"),
    ],
)
def test_a_wrong_rule_is_named(wrong, message):
    with pytest.raises(LeadscoreError, match=message):
        rule_points(FEATURES, pd.DataFrame([rule("visits", ">=", "3"), wrong]))


def test_a_column_without_values_meets_nothing_whatever_its_type():
    rules = pd.DataFrame([rule("seniority", "in", "vp|c_level")])
    for empty in (pd.Series([None, None], dtype=object), pd.Series([np.nan, np.nan])):
        assert (rule_points(pd.DataFrame({"seniority": empty}), rules) == 0).all()


def test_a_table_without_the_columns_of_rules_is_refused():
    with pytest.raises(LeadscoreError, match="lacks the columns operator, threshold"):
        rule_points(FEATURES, pd.DataFrame({"rule": ["a"], "feature": ["visits"], "points": [1]}))


def test_the_rules_mode_is_points_around_the_base_rate():
    rules = pd.DataFrame([rule("visits", ">=", "3", 12), rule("visits", ">=", "5", 3), rule("seniority", "=", "vp", 7)])
    model = fit(FEATURES, [0, 0, 0, 1], rules=rules, assumed_rate=0.03)
    assert model.mode == "rules"
    rate = (1 + 100 * 0.03) / 104
    points = rule_points(FEATURES, rules)
    expected = np.log(rate / (1 - rate)) + LOG_ODDS_PER_POINT * (points - points.mean(axis=0)).sum(axis=1)
    assert np.allclose(model.scorer.margins(FEATURES), expected, rtol=0, atol=1e-12)
    # Odds are skewed, so the whole is shifted until the mean probability is the rate.
    assert np.ptp(model.margins(FEATURES) - expected) < 1e-12
    assert model.predict_proba(FEATURES)[:, 1].mean() == pytest.approx(rate, rel=1e-4)
    parts = model.contributions(FEATURES)
    assert np.allclose(parts[:, 0], LOG_ODDS_PER_POINT * (points[:, :2].sum(axis=1) - points[:, :2].mean(axis=0).sum()))
    assert (parts[:, 2] == 0).all()
    assert (parts.sum(axis=1) == model.margins(FEATURES)).all()
