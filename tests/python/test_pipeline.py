"""What the learning nodes do on a day that trains, on a day that does not, and with a champion that cannot be asked."""

import json
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore import pipeline
from leadscore.errors import LeadscoreError
from leadscore.learning import load_artifact

RULES = pa.table(
    {
        "rule": ["busy"],
        "feature": ["visits"],
        "operator": [">="],
        "threshold": ["3"],
        "points": [10.0],
        "description": [""],
    }
)
ODDS = pa.table({"reference_odds": [0.05]})


def rows_of(n=400, seed=0):
    rng = np.random.default_rng(seed)
    visits = rng.poisson(2, n)
    return pa.table(
        {
            "account_key": [f"account {k}" for k in rng.integers(0, n // 4, n)],
            "is_converted": rng.random(n) < 0.03 + 0.05 * visits,
            "lead_id": [f"lead {k:04d}" for k in range(n)],
            "as_of": pa.array([date(2024, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 400, n)]),
            "visits": pa.array(visits, pa.int32()),
            "title": pa.array([None if k % 5 == 0 else "vp" for k in range(n)]),
        }
    )


def parameters(**changed):
    values = {
        "as_of": date(2025, 7, 1),
        "conversion_event": "opportunity_created",
        "horizon_days": 30,
        "random_seed": 7,
        "training_threads": 1,
        "evaluation_max_rows": 1000,
        "assumed_conversion_rate": 0.02,
        "backtest_origins": 2,
        "sales_threshold": 80.0,
    }
    return pa.Table.from_pylist([values | changed])


def decision(should_train=True, mode="hybrid"):
    return pa.table({"should_train": [should_train], "mode": [mode]})


def segments(rows):
    return pa.table({"segment": ["smb" if k % 2 else "enterprise" for k in range(rows.num_rows)]})


@pytest.fixture(scope="module")
def trained():
    rows, run = rows_of(), parameters()
    predictions = pipeline.holdout_predictions(rows, segments(rows), RULES, run, decision())
    metrics = pipeline.metrics(predictions, run, decision(), ODDS)
    return predictions, metrics, pipeline.train(rows, RULES, run, decision(), metrics, ODDS)


def test_a_training_fills_the_registry_row(trained):
    predictions, metrics, registry = trained
    (row,) = registry.to_pylist()
    assert row["mode"] == "hybrid"
    assert row["model_version"] == f"2025-07-01-{row['artifact_sha256'][:8]}"
    assert load_artifact(row["artifact"], row["artifact_sha256"]).feature_names == ["visits", "title"]
    assert row["reference_odds"] == 0.05
    assert len(row["library_hash"]) == 12
    assert {"out_of_time", "random"} == set(predictions["split"].to_pylist())
    assert all(
        day >= origin
        for day, origin in zip(predictions["as_of"].to_pylist(), predictions["origin"].to_pylist(), strict=True)
    )
    found = metrics.to_pandas()
    assert set(found["slice_kind"]) == {"all", "segment", "month"}
    assert set(found.loc[found["slice_kind"] == "segment", "slice"]) == {"smb", "enterprise"}


def test_nothing_is_trained_and_nothing_asked_for_when_the_run_only_scores(trained):
    no = decision(should_train=False)
    nothing = rows_of().slice(0, 0)
    assert pipeline.rows_to_learn(no) == 0
    assert pipeline.rows_to_learn(decision()) is None
    results = [
        pipeline.holdout_predictions(nothing, nothing, RULES, parameters(), no),
        pipeline.metrics(nothing, parameters(), no, ODDS),
        pipeline.train(nothing, RULES, parameters(), no, nothing, ODDS),
        pipeline.gates(nothing, nothing, RULES, parameters(), no, nothing),
    ]
    assert [table.num_rows for table in results] == [0, 0, 0, 0]
    for empty, full in zip(results, trained, strict=False):
        assert empty.schema == full.schema


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        (lambda row: row, "judged_conversions"),
        (lambda row: row | {"artifact": row["artifact"].replace("0.", "1.", 1)}, "champion_unusable"),
        (lambda row: row | {"artifact": "{}"}, "champion_unusable"),
        (None, "no_champion"),
    ],
    ids=["whole", "changed", "another text", "none"],
)
def test_a_champion_that_cannot_be_asked_does_not_stand_in_the_way(trained, change, gate):
    (row,) = trained[2].to_pylist()
    rows = rows_of()
    registry = pa.Table.from_pylist(
        [change(row | {"training_until": date(2024, 10, 1)})] if change else [], trained[2].schema
    )
    found = pipeline.gates(rows, segments(rows), RULES, parameters(), decision(), registry).to_pylist()
    assert found[0]["gate"] == gate
    assert {gate["champion_version"] for gate in found} == {row["model_version"] if change else None}
    assert all(gate["lets_through"] for gate in found) == (gate != "judged_conversions")


def test_a_feature_renamed_since_makes_the_champion_unusable_and_is_refused_in_scoring(trained):
    renamed = rows_of().rename_columns(["account_key", "is_converted", "lead_id", "as_of", "page_visits", "title"])
    rules = RULES.set_column(1, "feature", pa.array(["page_visits"]))
    found = pipeline.gates(renamed, segments(renamed), rules, parameters(), decision(), trained[2]).to_pylist()
    assert [gate["gate"] for gate in found] == ["champion_unusable"]
    score = pipeline.scorer(trained[2])
    with pytest.raises(LeadscoreError, match="visits"):
        score(renamed.to_batches()[0])


def test_without_a_champion_scoring_says_what_to_do(trained):
    with pytest.raises(LeadscoreError, match="There is no champion to score with"):
        pipeline.scorer(trained[2].slice(0, 0))


@given(st.integers(0, 1_000))
@settings(max_examples=20, deadline=None)
def test_the_fingerprint_knows_every_value_and_no_width_of_a_type(seed):
    rows = rows_of(n=40, seed=seed)
    place = rows.column_names.index("visits")
    wide = rows.set_column(place, "visits", rows["visits"].cast(pa.int64()))
    assert pipeline.fingerprint(wide) == pipeline.fingerprint(rows)
    assert pipeline.fingerprint(rows.select(rows.column_names[::-1])) == pipeline.fingerprint(rows)
    values = rows["visits"].to_pylist()
    values[seed % 40] += 1
    assert pipeline.fingerprint(rows.set_column(place, "visits", pa.array(values, pa.int32()))) != pipeline.fingerprint(
        rows
    )


@pytest.mark.parametrize(
    ("listed", "said"),
    [(["title", "visits"], "their order differs"), (["clicks", "title"], "'clicks' is in one of them only")],
)
def test_a_row_that_lists_other_features_than_the_model_reads_is_refused(trained, listed, said):
    (row,) = trained[2].to_pylist()
    changed = pa.Table.from_pylist([row | {"feature_names": json.dumps(listed)}], schema=trained[2].schema)
    with pytest.raises(LeadscoreError, match=said):
        pipeline.scorer(changed)
    found = pipeline.gates(rows_of(), segments(rows_of()), RULES, parameters(), decision(), changed)
    assert found["gate"].to_pylist() == ["champion_unusable"]


def test_after_a_drift_every_training_of_a_run_counts_newer_rows_more():
    rows, boosts = rows_of(3_000), decision(mode="gradient_boosting")
    found = []
    for options in ({"max_rounds": 20}, {"max_rounds": 20, "half_life_days": 60}):
        run = parameters(training_options=json.dumps(options), evaluation_max_rows=3_000)
        predictions = pipeline.holdout_predictions(rows, segments(rows), RULES, run, boosts)
        metrics = pipeline.metrics(predictions, run, boosts, ODDS)
        registry = pipeline.train(rows, RULES, run, boosts, metrics, ODDS)
        older = pa.Table.from_pylist([registry.to_pylist()[0] | {"training_until": date(2024, 8, 1)}], registry.schema)
        judged = pipeline.gates(rows, segments(rows), RULES, run, boosts, older)
        found.append((predictions, registry, judged))
    (plain, before, usual), (weighted, after, judged) = found
    for split, differs in (("out_of_time", True), ("random", False)):
        of_split = [table.filter(pc.equal(table["split"], split))["model_probability"] for table in (plain, weighted)]
        assert of_split[0].equals(of_split[1]) != differs, "The random split knows no time."
    assert "half_life_days" not in before["parameters"][0].as_py()
    assert json.loads(after["parameters"][0].as_py())["half_life_days"] == 60
    for gates, less_is_enough in ((usual, False), (judged, True)):
        lower = dict(zip(gates["gate"].to_pylist(), gates["lower"].to_pylist(), strict=True))
        assert (lower["better_log_loss"] > lower["no_worse_log_loss"]) == less_is_enough
