"""Why a score moved: lines that add up to the difference, by the model of then, whatever became of it."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leadscore import scorecard
from leadscore.changes import MODEL, OTHERS, THEN, teller
from leadscore.explain import MIN_POINTS
from leadscore.learning import dump_artifact, fit

RULES = pd.DataFrame({"rule": ["r"], "feature": ["x"], "operator": [">="], "threshold": ["0.5"], "points": [8]})
ODDS = 0.1


def people(n, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"x": rng.normal(size=n), "visits": rng.poisson(2, n), "place": rng.choice(["a", "b"], n)})
    frame.loc[rng.random(n) < 0.2, "x"] = np.nan
    return frame, (rng.random(n) < 1 / (1 + np.exp(2 - frame["x"].fillna(0) - frame["visits"] / 3))).astype(int)


@pytest.fixture(scope="module", params=["rules", "hybrid", "gradient_boosting"])
def models(request):
    found = []
    for seed in (1, 2):
        frame, label = people(400, seed)
        found.append(fit(frame, label, rules=RULES, mode=request.param, max_rounds=15, nthread=1))
    return found


def registry(**models):
    texts = {name: dump_artifact(model) for name, model in models.items()}
    return pa.table(
        {
            "model_version": list(texts),
            "artifact": [text for text, _ in texts.values()],
            "artifact_sha256": [digest for _, digest in texts.values()],
        }
    )


def raw(model, frame):
    return scorecard.raw_score(model.contributions(frame).sum(axis=1), ODDS)


def batch(then, now, model_then, model_now, versions=("old", "new")):
    n = len(now)
    columns = {
        "lead_id": [f"lead {i}" for i in range(n)],
        "then_as_of": [datetime.date(2025, 6, 1)] * n,
        "as_of": [datetime.date(2025, 7, 1)] * n,
        "then_model_version": [versions[0]] * n,
        "model_version": [versions[1]] * n,
        "then_raw_score": raw(model_then, then),
        "raw_score": raw(model_now, now),
    }
    table = pd.DataFrame(columns | {f: now[f] for f in now} | {THEN + f: then[f] for f in then})
    return pa.RecordBatch.from_pandas(table, preserve_index=False)


def assert_adds_up(rows):
    for row in rows:
        assert abs(sum(row["points"]) - (row["raw_score"] - row["then_raw_score"])) < 1e-6
        assert len(set(row["features"])) == len(row["features"])


def test_lines_are_by_the_model_of_then_and_one_is_the_models(models):
    old, new = models
    then, now = people(60, 3)[0], people(60, 4)[0]
    rows = teller(registry(old=old))(batch(then, now, old, new)).to_pylist()
    assert_adds_up(rows)
    renewed = raw(new, now) - raw(old, now)
    moved = scorecard.points_from_log_odds(old.contributions(now) - old.contributions(then))
    for i, row in enumerate(rows):
        told = dict(zip(row["features"], row["points"], strict=True))
        assert told[MODEL] == pytest.approx(renewed[i], abs=1e-6)
        strong = {name: moved[i, p] for p, name in enumerate(old.feature_names) if abs(moved[i, p]) >= MIN_POINTS}
        assert {name: points for name, points in told.items() if name not in (MODEL, OTHERS)} == pytest.approx(strong)


def test_the_same_model_of_the_same_lead_tells_nothing(models):
    same, _ = models
    now = people(30, 5)[0]
    rows = teller(registry(same=same))(batch(now, now, same, same, ("same", "same"))).to_pylist()
    assert [row["features"] for row in rows] == [[]] * 30


def test_the_same_model_has_no_line_of_its_own(models):
    same, _ = models
    then, now = people(30, 6)[0], people(30, 7)[0]
    rows = teller(registry(same=same))(batch(then, now, same, same, ("same", "same"))).to_pylist()
    assert_adds_up(rows)
    assert not any(MODEL in row["features"] for row in rows)


def test_values_of_then_and_now_stand_beside_the_points():
    frame, label = people(400, 1)
    model = fit(frame, label, rules=RULES, mode="rules", nthread=1)
    then = pd.DataFrame({"x": [np.nan, 0.0], "visits": [1, 1], "place": ["a", "a"]})
    now = pd.DataFrame({"x": [0.51239, 0.0], "visits": [1, 1], "place": ["a", "a"]})
    rows = teller(registry(m=model))(batch(then, now, model, model, ("m", "m"))).to_pylist()
    assert (rows[0]["features"], rows[0]["then_values"], rows[0]["now_values"]) == (["x"], [None], ["0.5124"])
    assert rows[1]["features"] == []


@pytest.mark.parametrize("spoilt", ["gone", "changed", "feature gone"])
def test_a_model_that_cannot_be_asked_leaves_one_line(models, spoilt):
    old, new = models
    then, now = people(20, 8)[0], people(20, 9)[0]
    lines, rows = registry(old=old), batch(then, now, old, new)
    if spoilt == "gone":
        lines = lines.slice(0, 0)
    elif spoilt == "changed":
        lines = lines.set_column(1, "artifact", pa.array(["{}"]))
    else:
        rows = rows.drop_columns([THEN + "visits"])
    found = teller(lines)(rows).to_pylist()
    assert_adds_up(found)
    assert [row["features"] for row in found] == [[MODEL]] * 20


def test_no_rows_have_the_schema_of_some(models):
    old, new = models
    some = batch(people(5, 1)[0], people(5, 2)[0], old, new)
    tell = teller(registry(old=old))
    assert tell(some.slice(0, 0)).schema == tell(some).schema


def test_leads_of_several_models_keep_their_order(models):
    old, new = models
    then, now = people(40, 3)[0], people(40, 4)[0]
    one, other = batch(then, now, old, new, ("old", "new")), batch(then, now, new, new, ("new", "new"))
    mixed = pa.concat_batches([one.slice(0, 10), other.slice(10, 15), one.slice(25)])
    rows = teller(registry(old=old, new=new))(mixed).to_pylist()
    assert [row["lead_id"] for row in rows] == mixed["lead_id"].to_pylist()
    assert_adds_up(rows)
    assert [MODEL in row["features"] for row in rows] == [True] * 10 + [False] * 15 + [True] * 15
