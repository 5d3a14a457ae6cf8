"""The whole build: green, the same in every byte when repeated, and true to the day it looks from."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from dbt_runner import start_dbt
from warm_dbt import WarmDbt
from worlds import END, MODELS, VARIABLES, built_tables, column_digests, connect, copied, differing

from leadscore import raw_schema
from leadscore.report import report
from leadscore.report.facts import SHOWN_FEATURES

EARLIER = END - timedelta(days=150)
MEMORY = (
    "int_identity__record_history",
    "fct_lead_identity_changes",
    "ml_models",
    "ml_retraining_decision",
    "ml_promotion_gates",
    "ml_metrics",
    "ml_imbalance_comparison",
    "ml_tuning_trials",
    "ml_holdout_predictions",
    "ml_evaluation_curves",
    "ml_calibration_curve",
    "int_learning__model_statuses",
    "int_learning__judged_predictions",
    "fct_lead_score_history",
    "fct_feature_importance",
    "int_scoring__scored_rows",
    "int_scoring__rows_then_and_now",
    "int_scoring__earlier_models",
    "ml_lead_score_changes",
    "fct_lead_score_changes",
)
"""The tables that remember earlier runs, or tell what changed since."""


@pytest.fixture(scope="module")
def digests(built: Path) -> dict[str, str]:
    return column_digests(built, built_tables(built))


def test_a_second_run_changes_no_byte(dbt: WarmDbt, built: Path, digests: dict[str, str], tmp_path: Path) -> None:
    again = copied(built, tmp_path / "again")
    result = dbt.run(MODELS, again, VARIABLES)
    assert result.ok, result.output
    assert built_tables(again) == built_tables(built)
    assert differing(column_digests(again, built_tables(again)), digests) == []


def test_threads_and_the_order_of_rows_change_no_byte(
    dbt: WarmDbt, world: Path, digests: dict[str, str], tmp_path: Path
) -> None:
    shuffled = copied(world, tmp_path / "shuffled")
    with connect(shuffled, read_only=False) as connection:
        for source, table in raw_schema.tables():
            connection.execute(
                f'create or replace table {source}."{table}" as from {source}."{table}" as t order by hash(t)'
            )
    result = dbt.run([*MODELS, "--threads", "4"], shuffled, VARIABLES, LEAD_SCORING_THREADS="3", OMP_NUM_THREADS="3")
    assert result.ok, result.output
    assert differing(column_digests(shuffled, built_tables(shuffled)), digests) == []


def test_a_killed_build_leaves_nothing_behind(
    dbt: WarmDbt, world: Path, built: Path, digests: dict[str, str], tmp_path: Path
) -> None:
    database = copied(world, tmp_path / "killed")
    killed = start_dbt(MODELS, database, VARIABLES)
    assert killed.stdout
    # Late enough that most tables are there, one is being written, and the registry already holds the new model.
    for line in killed.stdout:
        if "START python table model analytics_scoring.ml_lead_explanations" in line:
            break
    else:
        pytest.fail("The build ended before it could be killed.")
    killed.kill()
    killed.wait()
    result = dbt.run(MODELS, database, VARIABLES)
    assert result.ok, result.output
    assert built_tables(database) == built_tables(built)
    assert differing(column_digests(database, built_tables(database)), digests) == []


def test_the_report_tells_of_the_build(built: Path) -> None:
    document = report(built)
    assert document == report(built)
    with connect(built) as connection:
        found = connection.execute("select model_version, count(*) from analytics_scoring.fct_lead_scores group by all")
        ((version, leads),) = found.fetchall()
    assert version in document
    assert f'<data value="{leads}" class="big" data-figure="open_leads">{leads:,}</data>' in document
    assert document.count('class="feature"') == SHOWN_FEATURES
    assert document.count('<article class="lead">') == 3


def test_the_documentation_describes_every_table_and_column(dbt: WarmDbt, built: Path) -> None:
    result = dbt.run(["docs", "generate"], built, VARIABLES)
    assert result.ok, result.output
    manifest, catalogue = (json.loads((dbt.target / name).read_text()) for name in ("manifest.json", "catalog.json"))
    assert catalogue["errors"] is None
    found = {f"{node['metadata']['schema']}.{node['metadata']['name']}" for node in catalogue["nodes"].values()}
    assert found == set(built_tables(built))
    wrong = {}
    for name, node in catalogue["nodes"].items():
        if name.startswith("model."):
            there = {column.lower() for column in node["columns"]}
            described = {
                column.lower()
                for column, words in manifest["nodes"][name]["columns"].items()
                if words["description"].strip()
            }
            if there != described:
                wrong[name] = {"not described": sorted(there - described), "not there": sorted(described - there)}
    assert wrong == {}


def test_a_replay_shows_the_world_as_it_stood(dbt: WarmDbt, built: Path, tmp_path: Path) -> None:
    replayed = copied(built, tmp_path / "replayed")
    # What the project's invariants say, they say of the replay too: nothing dated later is in any table.
    for command in (MODELS, ["test", "--select", "test_type:singular"]):
        result = dbt.run(command, replayed, VARIABLES | {"as_of": str(EARLIER)})
        assert result.ok, result.output
    with connect(replayed) as connection:
        runs = connection.execute("select as_of, status from analytics_learning.ml_models order by as_of").fetchall()
        assert runs == [(EARLIER, "champion"), (END, "later")]
        remembered = connection.execute(
            "select distinct as_of from analytics_scoring.fct_lead_score_history order by 1"
        ).fetchall()
        assert remembered == [(EARLIER,), (END,)]
        (told,) = connection.execute("select count(*) from analytics_marts.fct_lead_score_changes").fetchall()
        assert told == (0,), "No scoring before the replayed day is known."
        connection.execute(f"attach '{built}' as today (read_only)")
        converted_since = connection.execute(f"""
            select count(*), count(earlier.converted_at), count(scores.lead_id)
            from today.analytics_marts.dim_leads as later
            inner join analytics_marts.dim_leads as earlier using (lead_id)
            left join analytics_scoring.fct_lead_scores as scores using (lead_id)
            where later.converted_at >= '{EARLIER}'
        """).fetchone()
        assert converted_since
        people, converted, scored = converted_since
        assert people > 5
        assert (converted, scored) == (0, people), "Who converts later is open and scored."
    result = dbt.run(MODELS, replayed, VARIABLES)
    assert result.ok, result.output
    tables = [table for table in built_tables(built) if not table.endswith(MEMORY)]
    assert differing(column_digests(replayed, tables), column_digests(built, tables)) == [], (
        "The way back must be the same."
    )
    with connect(replayed) as connection:
        found = connection.execute("""
            select
                min(previous_as_of), max(previous_as_of), count(distinct lead_id),
                count(*) filter (feature = 'model_change') = count(distinct lead_id)
            from analytics_marts.fct_lead_score_changes
        """).fetchone()
    assert found
    assert (found[:2], found[3]) == ((EARLIER, EARLIER), True), "What changed is told since the day scored before."
    assert found[2] > 100
    result = dbt.run(["test", "--select", "changes_add_up_to_the_difference_of_scores"], replayed, VARIABLES)
    assert result.ok, result.output
