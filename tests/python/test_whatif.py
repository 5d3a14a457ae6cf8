"""What would help: actions change what belongs together, the model answers, and a wrong seed is named."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pytest

from leadscore.errors import LeadscoreError
from leadscore.learning import dump_artifact, fit
from leadscore.rhythm import rhythm
from leadscore.whatif import WEEK_COLUMNS, Action, adviser, changed, effects, read_actions, strongest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
CATALOGUE = pa.table(
    {
        "feature": ["visits_7d", "visits_30d", "visits_per_day", "last_visit", "country", "revenue"],
        "kind": ["numeric", "numeric", "numeric", "numeric", "categorical", "numeric"],
        "is_actionable": [True, True, True, True, True, False],
    }
)


def seed(*rows):
    return pa.Table.from_pylist(
        [dict(zip(("action", "sentence", "feature", "change"), row, strict=True)) for row in rows]
    )


def test_windows_are_changed_together():
    table = seed(("visit", "a visit", "visits_*", "+1"), ("visit", "a visit", "last_visit", "set 1"))
    assert read_actions(table, CATALOGUE) == (
        Action("visit", (("last_visit", False, 1.0), ("visits_30d", True, 1.0), ("visits_7d", True, 1.0))),
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("visit", "a visit", "visitz", "+1"), "'visitz': no feature"),
        (("visit", "a visit", "clicks_*", "+1"), r"'clicks_\*': no feature"),
        (("visit", "a visit", None, "+1"), "no feature"),
        (("visit", "a visit", "revenue", "+1"), "nothing that sales or marketing can bring about"),
        (("visit", "a visit", "country", "set 1"), "country is no number"),
        (("visit", "a visit", "last_visit", "1"), "change '1' cannot be read"),
        (("visit", "a visit", "last_visit", None), "cannot be read"),
        (("visit", "another visit", "last_visit", "set 1"), "two sentences"),
        (("visit", "a visit", "visits_7d", "+1"), "changes visits_7d twice"),
        (("visit", "", "last_visit", "set 1"), "must not be empty"),
    ],
)
def test_a_wrong_row_is_named(row, said):
    with pytest.raises(LeadscoreError, match=said):
        read_actions(seed(("visit", "a visit", "visits_*", "+1"), row), CATALOGUE)


def test_a_seed_without_a_column_is_named():
    with pytest.raises(LeadscoreError, match="lacks the columns sentence, change"):
        read_actions(pa.table({"action": ["a"], "feature": ["visits_7d"]}), CATALOGUE)


def test_the_projects_own_seed_is_right():
    actions = read_actions(
        pyarrow.csv.read_csv(SEEDS / "what_if_actions.csv"), pyarrow.csv.read_csv(SEEDS / "feature_catalogue.csv")
    )
    by_name = {action.name: {feature for feature, *_ in action.changes} for action in actions}
    assert {"pricing_visits_7d", "pricing_visits_90d", "engagements_365d"} <= by_name["pricing page"]
    assert len(actions) >= 8


def lead(**changed):
    values = {
        "engagements_7d": 1,
        "active_days_30d": 2,
        "active_days_90d": 2,
        "days_since_last_engagement": 5,
        "pricing_visits_7d": 0,
        "comparison_visits_7d": 1,
        "email_clicks_90d": 1,
        "emails_delivered_90d": 4,
        "email_click_rate_90d": 0.25,
        "pricing_and_comparison_7d": 0,
        **dict.fromkeys(WEEK_COLUMNS, 0),
        "week_1": 1,
        "intent_velocity": 0.0,
    }
    return pd.DataFrame([values | changed])


TOUCH = Action(
    "touch",
    (
        ("days_since_last_engagement", False, 1.0),
        ("email_clicks_90d", True, 1.0),
        ("engagements_7d", True, 1.0),
        ("not_there", True, 1.0),
        ("pricing_visits_7d", True, 1.0),
    ),
)


def after(frame, action):
    return frame.assign(**changed(frame, action))


def test_what_follows_from_a_change_follows():
    before = lead()
    now = after(before, TOUCH).iloc[0]
    assert (now["engagements_7d"], now["pricing_visits_7d"], now["days_since_last_engagement"]) == (2, 1, 1)
    assert (now["active_days_30d"], now["active_days_90d"]) == (3, 3)
    assert (now["email_click_rate_90d"], now["pricing_and_comparison_7d"]) == (0.5, 1)
    weeks = np.zeros((1, 12))
    weeks[0, 0] = 2
    assert now["intent_velocity"] == rhythm(weeks)["intent_velocity"][0]
    assert "not_there" not in now
    assert before.equals(lead()), "The given rows stay as they are."


def test_what_a_change_does_not_touch_is_left_alone():
    calls = Action("call", (("sales_calls_90d", True, 1.0), ("days_since_last_answered_call", False, 1.0)))
    frame = lead(sales_calls_90d=2, days_since_last_answered_call=9)
    assert {name: values.tolist() for name, values in changed(frame, calls).items()} == {
        "sales_calls_90d": [3.0],
        "days_since_last_answered_call": [1.0],
    }


def test_a_day_that_was_active_already_is_no_new_one():
    assert after(lead(days_since_last_engagement=1), TOUCH).iloc[0]["active_days_30d"] == 2
    assert after(lead(days_since_last_engagement=np.nan), TOUCH).iloc[0]["active_days_30d"] == 3


def test_no_email_has_no_rate():
    assert np.isnan(after(lead(emails_delivered_90d=0), TOUCH).iloc[0]["email_click_rate_90d"])


def test_only_what_helps_enough_is_told_and_the_strongest_first():
    points = np.array([[0.9, 3.0, -5.0, 3.0, 1.0], [0.5, 0.0, -1.0, 0.2, 0.1]])
    assert strongest(points).tolist() == [[1, 3, 4], [-1, -1, -1]]
    assert strongest(points[:, :1]).tolist() == [[-1], [-1]]


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting"])
def test_many_changes_move_the_margin_as_each_would_alone(mode):
    rng = np.random.default_rng(1)
    n = 700
    frame = pd.DataFrame(
        {
            "visits": rng.poisson(1, n),
            "days": np.where(rng.random(n) < 0.3, np.nan, rng.integers(1, 90, n)),
            "place": rng.choice(["a", "b", "c"], n),
            "constant": 1.0,
        }
    )
    label = (rng.random(n) < 1 / (1 + np.exp(2 - frame["visits"] - (frame["place"] == "a")))).astype(int)
    rules = pd.DataFrame(
        [("r", "visits", ">=", "2", 8), ("s", "days", "is_null", None, -5), ("t", "place", "=", "a", 3)],
        columns=["rule", "feature", "operator", "threshold", "points"],
    )
    model = fit(frame, label, rules=rules, mode=mode, max_rounds=30, nthread=1)
    changes = [
        {"visits": frame["visits"].to_numpy(float) + 1, "days": np.full(n, 1.0)},
        {"days": np.where(rng.random(n) < 0.5, np.inf, 1e300)},
        {"constant": np.zeros(n), "unheard of": np.zeros(n)},
        {},
        {"visits": np.full(n, np.nan)},
    ]
    before = frame.copy()
    found = list(model.shifts(frame, iter(changes)))
    assert before.equals(frame)
    assert len(found) == len(changes)
    assert np.ptp(found[0]) > 0
    for change, shift in zip(changes, found, strict=True):
        known = {name: values for name, values in change.items() if name in frame}
        alone = model.margins(frame.assign(**known)) - model.margins(frame)
        np.testing.assert_allclose(shift, alone, atol=1e-12, rtol=0)


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting"])
def test_effects_are_differences_of_raw_scores(mode):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"visits_7d": rng.poisson(1, 500), "last_visit": rng.integers(1, 90, 500)})
    label = (rng.random(500) < 1 / (1 + np.exp(2 - frame["visits_7d"]))).astype(int)
    rules = pd.DataFrame(
        {"rule": ["r"], "feature": ["visits_7d"], "operator": [">="], "threshold": ["1"], "points": [8]}
    )
    model = fit(frame, label, rules=rules, mode=mode, max_rounds=20, nthread=1)
    table = seed(("visit", "a visit", "visits_7d", "+1"), ("nothing", "nothing", "visits_7d", "+0"))
    found = effects(model, frame, read_actions(table, CATALOGUE))
    expected = (model.margins(frame.assign(visits_7d=frame["visits_7d"] + 1)) - model.margins(frame)) * 10 / np.log(2)
    np.testing.assert_allclose(found[:, 1], expected, atol=1e-9)
    assert (found[:, 0] == 0).all()

    text, digest = dump_artifact(model)
    registry = pa.table(
        {
            "model_version": ["m"],
            "feature_names": [json.dumps(model.feature_names)],
            "artifact": [text],
            "artifact_sha256": [digest],
        }
    )
    rows = frame.assign(lead_id=[str(i) for i in range(500)], as_of=pd.Timestamp("2025-07-01").date())
    advise = adviser(registry, table, CATALOGUE)
    batch = pa.RecordBatch.from_pandas(rows, preserve_index=False)
    told = advise(batch).to_pylist()
    assert [row["actions"] for row in told] == [["visit"] if points >= 1 else [] for points in expected]
    assert any(row["actions"] for row in told)
    assert advise(batch.slice(0, 0)).schema == advise(batch).schema
