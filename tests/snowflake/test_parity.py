"""The whole project on the stand-in for Snowflake: everything builds, and every table holds what it holds on DuckDB."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from comparing import differences
from snowflake_words import foreign_words, reserved_names
from stand_in import CompletedResult, StandIn
from warm_dbt import WarmDbt
from worlds import END, MODELS, VARIABLES, built_tables, connect, copied

EARLIER = VARIABLES | {"as_of": str(END - timedelta(days=7))}
"""The first run, of a week before the second: the tables that remember must hold both days in the end."""
AGAIN = VARIABLES | {"retrain": "always"}
"""The second run: it trains too, so that its model meets the first one's."""
EMPTY = {
    "identity_overrides",
    "fct_lead_identity_changes",
    "ml_model_operations",
    "ml_alerts",
    "int_learning__alarms",
    "ml_cohort_performance",
    "int_learning__cohort_performance",
    "int_learning__imbalance_comparison",
    "int_learning__tuning_trials",
    "ml_imbalance_comparison",
    "ml_tuning_trials",
}
"""What holds rows only once people have decided something, something is wrong or has changed, labels have matured since
the training, trees are learnt, or it is asked for."""
EMPTY_AT_FIRST = EMPTY | {
    "int_learning__registry_before",
    "int_learning__monitored_rows",
    "int_learning__monitored_scores",
    "int_learning__drift",
    "int_learning__measured",
    "ml_drift",
    "int_scoring__rows_then_and_now",
    "ml_lead_score_changes",
    "fct_lead_score_changes",
}
"""What tells of an earlier run, when there was none."""

Tables = Mapping[str, pa.Table]


@pytest.fixture(scope="module")
def whole_build(stand_in: StandIn) -> CompletedResult:
    """Everything there is to build: seeds, models, tests and unit tests."""
    return stand_in.run_dbt_snowflake(["build"], EARLIER)


@pytest.fixture(scope="module")
def first(stand_in: StandIn, whole_build: CompletedResult) -> Tables:
    """The tables of that build."""
    assert whole_build.ok, whole_build.output
    return _tables(stand_in)


@pytest.fixture(scope="module")
def second(stand_in: StandIn, first: Tables) -> Tables:
    """The tables after one more run, of a later day."""
    result = stand_in.run_dbt_snowflake(MODELS, AGAIN)
    assert result.ok, result.output
    return _tables(stand_in)


@pytest.fixture(scope="module")
def on_duckdb(world: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Tables]:
    """The tables of the same two runs on DuckDB."""
    database = copied(world, tmp_path_factory.mktemp("worlds") / "duckdb")
    dbt = WarmDbt(tmp_path_factory.mktemp("dbt"))
    runs = []
    for variables in (EARLIER, AGAIN):
        result = dbt.run(MODELS, database, variables)
        assert result.ok, result.output
        with connect(database) as connection:
            places = {place.split(".")[1]: place for place in built_tables(database)}
            runs.append({name: connection.sql(f"from {place}").to_arrow_table() for name, place in places.items()})
    dbt.close()
    return runs[0], runs[1]


def _tables(stand_in: StandIn) -> Tables:
    return {name: stand_in.read(f"{schema}.{name}") for name, schema in stand_in.tables().items()}


def test_everything_builds(stand_in: StandIn, whole_build: CompletedResult) -> None:
    assert whole_build.ok, whole_build.output
    manifest = json.loads((stand_in.home / "target" / "manifest.json").read_text())
    nodes = {id_ for id_, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed", "test")}
    unit_tests = set(manifest["unit_tests"])
    assert len(unit_tests) >= 13
    ended = whole_build.statuses
    assert {id_: ended.get(id_) for id_ in nodes | unit_tests if ended.get(id_) not in ("success", "pass")} == {}


@pytest.mark.parametrize("run", [0, 1], ids=["first run", "second run"])
def test_every_table_holds_what_it_holds_on_duckdb(
    run: int, first: Tables, second: Tables, on_duckdb: tuple[Tables, Tables]
) -> None:
    ours, theirs = on_duckdb[run], (first, second)[run]
    assert {
        "stg_marketo__lead",
        "int_identity__clusters",
        "feat_leads",
        "ml_models",
        "fct_lead_score_reasons",
    } <= ours.keys()
    assert {name for name, table in ours.items() if table.num_rows == 0} == (EMPTY if run else EMPTY_AT_FIRST)
    assert differences(ours, theirs) == {}


def test_both_runs_are_remembered(second: Tables) -> None:
    assert {str(day) for day in second["fct_lead_score_history"]["as_of"].to_pylist()} == {str(END), EARLIER["as_of"]}
    assert sorted(second["ml_models"]["status"].to_pylist()) == ["champion", "rejected"]
    assert len(set(second["ml_models"]["reference_odds"].to_pylist())) == 1
    assert {str(day) for day in second["ml_retraining_decision"]["as_of"].to_pylist()} == {str(END), EARLIER["as_of"]}


def test_people_decide_about_models_and_a_run_that_is_not_due_trains_nothing(stand_in: StandIn, second: Tables) -> None:
    versions = dict(
        zip(second["ml_models"]["status"].to_pylist(), second["ml_models"]["model_version"].to_pylist(), strict=True)
    )
    args = json.dumps({"model_version": versions["rejected"]})
    result = stand_in.run_dbt_snowflake(["run-operation", "pin_model", "--args", args, "--no-write-json"], VARIABLES)
    assert result.ok, result.output
    later = VARIABLES | {"as_of": str(END + timedelta(days=7))}
    result = stand_in.run_dbt_snowflake([*MODELS, "--select", "+ml_lead_explanations", "ml_metrics"], later)
    assert result.ok, result.output
    tables = _tables(stand_in)
    (decision,) = tables["int_learning__decision"].to_pylist()
    assert not decision["should_train"], decision["details"]
    assert tables["ml_metrics"].num_rows == second["ml_metrics"].num_rows
    assert set(tables["ml_lead_explanations"]["model_version"].to_pylist()) == {versions["rejected"]}
    found = zip(
        *(tables["ml_models"][name].to_pylist() for name in ("model_version", "status", "is_pinned")), strict=True
    )
    assert sorted(found) == sorted([(versions["rejected"], "champion", True), (versions["champion"], "retired", False)])


def test_queries_speak_of_nothing_that_snowflake_does_not_know(stand_in: StandIn, first: Tables) -> None:
    results = json.loads((stand_in.home / "target" / "run_results.json").read_text())["results"]
    queries = {
        each["unique_id"]: each["compiled_code"]
        for each in results
        if each["unique_id"].startswith(("model.", "test."))
    }
    queries = {id_: code for id_, code in queries.items() if "def model(" not in code}
    assert len(queries) > 350
    found = {id_: foreign_words(code) | reserved_names(code) for id_, code in queries.items()}
    assert {id_: words for id_, words in found.items() if words} == {}


def test_a_difference_is_seen() -> None:
    ours = {"t": pa.table({"id": ["a", "b", None], "score": [1.0, 2.0, None], "points": [[1.5], [2.5], None]})}
    alike = {
        "t": pa.table({"id": [None, "b", "a"], "score": [None, 2 + 1e-10, 1], "points": [None, "[2.50]", "[1.5]"]})
    }
    assert differences(ours, alike) == {}
    for column, values in {
        "id": [None, "b", "c"],
        "score": [None, 2.001, 1],
        "points": [None, "[2.6]", "[1.5]"],
    }.items():
        other = alike["t"].set_column(alike["t"].column_names.index(column), column, pa.array(values))
        assert f"t.{column}" in differences(ours, {"t": other})
    assert list(differences(ours, {"t": alike["t"].slice(1)})) == ["t"]
    assert list(differences(ours, {})) == ["t"]
