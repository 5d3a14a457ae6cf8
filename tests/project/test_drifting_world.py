"""Two worlds that differ in their drift alone: the monitor names what moved in one of them and keeps quiet in the other, and the project
trains again, promotes what is better and wins back what was lost. A challenger that is worse is refused, and a rollback brings the old
scores back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from dbt_runner import read_rows
from warm_dbt import WarmDbt
from worlds import VARIABLES, column_digests, connect, copied, simulated

from leadscore import pipeline
from leadscore.learning import load_artifact
from leadscore.learning.metrics import all_metrics

pytestmark = pytest.mark.slow

BEGINS = date(2024, 9, 2)
"""The first Monday of the month in which one of the worlds drifts, and the day on which both of them train."""
LATER = BEGINS + timedelta(weeks=39)
"""Two quarters of labels know the drift by then, of which the first filled the features' windows."""
WATCHED = BEGINS + timedelta(weeks=26)
# What decides nothing here is left out for time.
QUICK = VARIABLES | {"backtest_origins": 1, "class_imbalance": "none"}


@dataclass(frozen=True)
class World:
    """A warehouse and the dbt that builds it."""

    dbt: WarmDbt
    database: Path

    def build(self, day: date, *models: str, **variables: Any) -> None:
        arguments = ["build", "--exclude-resource-type", "test", "unit_test", "--no-write-json", "--select", *models]
        result = self.dbt.run(arguments, self.database, QUICK | {"as_of": str(day)} | variables)
        assert result.ok, result.output

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return read_rows(self.database, query)

    def table(self, query: str) -> pa.Table:
        with connect(self.database) as connection:
            return connection.sql(query).to_arrow_table()

    def alerts(self) -> list[tuple[str, str, date]]:
        """Kind, subject and first week of every alert."""
        return self.rows("select kind, subject, first_week from analytics_learning.ml_alerts order by all")

    def reasons(self) -> set[str]:
        """Why the last run trains, or would."""
        ((reasons,),) = self.rows("select reasons from analytics_learning.int_learning__decision")
        return set((reasons or "").split(", "))

    def worth(self, trained_on: date) -> float:
        """PR-AUC of a model's scores of the open leads, each a conversion with its true probability."""
        with connect(self.database) as connection:
            leads = connection.sql("""
                select scored.*, truth.probability
                from analytics_scoring.int_scoring__rows as scored
                join (
                    select lead_id, min(record_id) as record_id from analytics_identity.lead_source_records group by lead_id
                ) using (lead_id)
                join truth.record_person using (record_id)
                join truth.conversion_probability as truth using (person_id)
                where valid_from <= scored.as_of and scored.as_of < valid_to
                order by lead_id
            """).to_arrow_table()
            (model,) = connection.execute(
                "select artifact, artifact_sha256 from analytics_learning.ml_models where as_of = ?", [trained_on]
            ).fetchall()
        probability = leads["probability"].to_numpy()
        score = load_artifact(*model).margins(leads)
        label = np.repeat([1.0, 0.0], len(score))
        return all_metrics(label, np.tile(score, 2), np.concatenate([probability, 1 - probability]))["pr_auc"]


def lived(dbt: WarmDbt, home: Path, drift: str) -> World:
    """A world in which a model was trained the day the drift began, or would have."""
    world = World(dbt, simulated(home, leads=6_000, months=21, seed=5, drift=drift))
    world.build(BEGINS, "+ml_models", "ml_imbalance_comparison")
    return world


@pytest.fixture(scope="module")
def drifting(dbt: WarmDbt, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three quarters after a drift, all of whose weeks are watched; the project decides for itself what to do."""
    world = lived(dbt, tmp_path_factory.mktemp("drift") / "with", f"ai_content:{BEGINS:%Y-%m}")
    models = [
        "+int_scoring__rows",
        "+ml_models",
        "ml_promotion_gates",
        "ml_retraining_decision",
        "ml_imbalance_comparison",
    ]
    world.build(LATER, *models, monitoring_weeks=39)
    return world


@pytest.fixture(scope="module")
def undisturbed(dbt: WarmDbt, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Half a year without drift, in which nothing is trained."""
    world = lived(dbt, tmp_path_factory.mktemp("drift") / "without", "none")
    world.build(WATCHED, "+int_learning__decision", retrain="never")
    return world


def test_the_monitor_names_the_features_within_weeks(drifting: World) -> None:
    since: dict[str, date] = {}
    for kind, subject, first_week in drifting.alerts():
        if kind == "drift":
            since[subject] = min(first_week, since.get(subject, first_week))
    old_signs = [week for subject, week in since.items() if "pricing" in subject or "decision" in subject]
    new_signs = [week for subject, week in since.items() if subject.startswith("ai_")]
    assert min(old_signs) <= BEGINS + timedelta(weeks=6)
    assert min(new_signs) <= BEGINS + timedelta(weeks=12)


def test_the_drop_shows_once_the_horizon_has_passed(drifting: World, undisturbed: World) -> None:
    lost = """
        select arg_max(1 - value / baseline, week) from analytics_learning.ml_cohort_performance where metric = 'pr_auc'
    """
    ((with_drift,),), ((without,),) = drifting.rows(lost), undisturbed.rows(lost)
    assert with_drift > 0.05
    assert with_drift > without


def test_without_drift_there_is_at_most_one_alarm_in_half_a_year(undisturbed: World) -> None:
    assert undisturbed.rows("select count(distinct week) from analytics_learning.ml_drift") == [(26,)]
    assert len(undisturbed.alerts()) <= 1
    assert not {"drift", "performance_down"} & undisturbed.reasons(), "What moved, if anything, weighs nothing."


def test_the_challenger_wins_its_gates_and_brings_back_what_was_lost(drifting: World, undisturbed: World) -> None:
    assert "drift" in drifting.reasons()
    statuses = drifting.rows("select as_of, status from analytics_learning.ml_models order by as_of")
    assert statuses == [(BEGINS, "retired"), (LATER, "champion")]
    undisturbed.build(LATER, "+int_scoring__rows")
    first, present, undrifted = drifting.worth(BEGINS), drifting.worth(LATER), undisturbed.worth(BEGINS)
    assert first < 0.8 * undrifted, "The drift took a fifth of what the model was worth, or more."
    assert present - first >= 0.8 * (undrifted - first)


def test_a_challenger_that_is_worse_is_refused_for_that(drifting: World) -> None:
    rows = drifting.table("from analytics_learning.int_learning__training_rows order by lead_id, as_of")
    segments = drifting.table("from analytics_learning.int_learning__row_segments order by lead_id, as_of")
    rules = drifting.table("from analytics_learning.int_learning__rule_points order by rule")
    champion = drifting.table(f"from analytics_learning.ml_models where as_of = date '{BEGINS}'")
    settings = drifting.table("from analytics_learning.int_learning__settings")
    found = {}
    for mode in ("gradient_boosting", "rules"):
        decision = pa.table({"should_train": [True], "mode": [mode]})
        gates = pipeline.gates(rows, segments, rules, settings, decision, champion).to_pandas()
        found[mode] = gates[gates["segment"] == "all"].set_index("gate")
    assert found["gradient_boosting"]["lets_through"].all()
    worse = found["rules"]
    assert worse.loc["judged_conversions", "is_passed"], "It is not for want of conversions."
    assert not worse.loc["no_worse_pr_auc", "is_passed"]
    assert not worse["lets_through"].any()


def test_what_was_compared_before_a_training_is_remembered(drifting: World, tmp_path: Path) -> None:
    world = World(drifting.dbt, copied(drifting.database, tmp_path / "scored_only"))
    compared = """
        select as_of, class_imbalance, is_chosen from analytics_learning.ml_imbalance_comparison
        join analytics_learning.ml_models using (model_version) order by as_of
    """
    assert world.rows(compared) == [(BEGINS, "none", True), (LATER, "none", True)]
    world.build(LATER, "+ml_imbalance_comparison", retrain="never")
    assert world.rows(compared) == [(BEGINS, "none", True), (LATER, "none", True)]


def test_a_rollback_brings_the_old_scores_back_byte_for_byte(drifting: World, tmp_path: Path) -> None:
    world = World(drifting.dbt, copied(drifting.database, tmp_path / "rolled_back"))
    told = [
        "analytics_scoring.fct_lead_scores",
        "analytics_scoring.ml_lead_explanations",
        "analytics_marts.fct_lead_score_reasons",
    ]
    scoring = ["+fct_lead_scores", "+fct_lead_score_reasons"]
    (first,), (second,) = world.rows("select model_version from analytics_learning.ml_models order by as_of")
    world.build(LATER, *scoring, retrain="never", score_with=first)
    before = column_digests(world.database, told)
    world.build(LATER, *scoring, retrain="never")
    promoted = column_digests(world.database, told)
    assert promoted != before
    assert world.rows("select distinct model_version from analytics_scoring.fct_lead_scores") == [(second,)]
    result = world.dbt.run(["run-operation", "roll_back_model"], world.database, QUICK | {"as_of": str(LATER)})
    assert result.ok, result.output
    world.build(LATER, *scoring, retrain="never")
    assert column_digests(world.database, told) == before
