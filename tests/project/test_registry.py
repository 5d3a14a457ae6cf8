"""The life of models: trained when it is due, promoted through gates or by hand, rolled back, replayed, and never trusted blindly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dbt_runner import CompletedResult, read_rows
from warm_dbt import WarmDbt
from worlds import END, MODELS, VARIABLES, column_digests, connect, copied, differing

EARLIER = END - timedelta(days=120)
SCORED = [
    "analytics_scoring.fct_lead_scores",
    "analytics_scoring.ml_lead_explanations",
    "analytics_marts.fct_lead_score_reasons",
    "analytics_marts.fct_lead_score_what_if",
]
"""Everything that a champion says of today's leads."""


class Story:
    """A warehouse and what happened to it."""

    def __init__(self, dbt: WarmDbt, database: Path) -> None:
        self.dbt, self.database = dbt, database

    def build(self, *args: str, **variables: Any) -> CompletedResult:
        result = self.dbt.run(args or MODELS, self.database, VARIABLES | variables)
        return result

    def operate(self, name: str, **args: str) -> CompletedResult:
        return self.dbt.run(["run-operation", name, "--args", json.dumps(args)], self.database, VARIABLES)

    def digests(self) -> dict[str, str]:
        return column_digests(self.database, SCORED)

    def history(self, day: Any) -> list[tuple[Any, ...]]:
        where = f"where as_of = '{day}' order by lead_id"
        return read_rows(self.database, f"select * from analytics_scoring.fct_lead_score_history {where}")

    def models(self) -> dict[str, dict[str, Any]]:
        found = read_rows(
            self.database,
            "select model_version, status, as_of, is_pinned, is_replay, artifact_sha256 from analytics_learning.ml_models order by as_of",
        )
        return {
            row[0]: dict(zip(("status", "as_of", "is_pinned", "is_replay", "sha256"), row[1:], strict=True))
            for row in found
        }

    def decision(self) -> Mapping[str, Any]:
        ((train, reasons, champion),) = read_rows(
            self.database,
            "select should_train, reasons, champion_version from analytics_learning.int_learning__decision",
        )
        return {"should_train": train, "reasons": reasons, "champion": champion}


@pytest.fixture(scope="module")
def told(dbt: WarmDbt, small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One warehouse over two days and many decisions, told once: what was seen after each step."""
    story = Story(dbt, copied(small_world, tmp_path_factory.mktemp("worlds") / "story"))
    seen: dict[str, Any] = {"story": story}

    def step(name: str, result: CompletedResult) -> None:
        assert result.ok, result.output
        seen[name] = {
            "digests": story.digests(),
            "models": story.models(),
            "decision": story.decision(),
            "history": {day: story.history(day) for day in (EARLIER, END)},
        }

    step("first", story.build(as_of=str(EARLIER)))
    step("scored only", story.build(retrain="never"))
    step("due", story.build())
    step("again", story.build())
    challenger = next(version for version, model in story.models().items() if model["as_of"] == END)
    assert story.operate("promote_model", model_version=challenger).ok
    step("promoted", story.build(retrain="never"))
    assert story.operate("roll_back_model").ok
    step("rolled back", story.build(retrain="never"))
    step("scored with another", story.build(retrain="never", score_with=challenger))
    step("replayed", story.build(as_of=str(EARLIER), retrain="never"))
    first = next(version for version, model in story.models().items() if model["as_of"] == EARLIER)
    step("replayed by name", story.build(as_of=str(EARLIER), retrain="never", score_with=first))
    step("and back", story.build(retrain="never"))
    return seen


def test_the_first_run_trains_and_later_ones_when_it_is_due(told: dict[str, Any]) -> None:
    assert told["first"]["decision"] == {"should_train": True, "reasons": "no_model", "champion": None}
    (first,) = told["first"]["models"]
    assert told["scored only"]["decision"] == {"should_train": False, "reasons": "age", "champion": first}
    assert told["scored only"]["models"] == told["first"]["models"], "What is only scored with stays as it was."
    assert told["due"]["decision"] == {"should_train": True, "reasons": "age", "champion": first}
    assert len(told["due"]["models"]) == 2


def test_a_day_run_again_decides_and_gives_the_same(told: dict[str, Any]) -> None:
    assert told["again"] == told["due"]


def test_what_cannot_be_shown_to_be_better_does_not_become_champion(told: dict[str, Any]) -> None:
    first, second = told["due"]["models"].values()
    assert (first["status"], second["status"]) == ("champion", "rejected")
    story = told["story"]
    gates = dict(
        read_rows(
            story.database,
            f"select gate, is_passed from analytics_learning.ml_promotion_gates where as_of = '{END}' and segment = 'all'",
        )
    )
    assert gates["judged_conversions"] is False
    assert differing(told["due"]["digests"], told["scored only"]["digests"]) == [], "The champion keeps scoring."


def test_a_rollback_restores_the_scores_byte_for_byte(told: dict[str, Any]) -> None:
    old, promoted, rolled_back = (told[name]["digests"] for name in ("scored only", "promoted", "rolled back"))
    assert "analytics_scoring.fct_lead_scores.raw_score" in differing(promoted, old)
    assert differing(rolled_back, old) == []
    assert differing(told["scored with another"]["digests"], promoted) == [], "Any model can be asked again."
    assert told["rolled back"]["history"] == told["scored only"]["history"]
    assert [model["status"] for model in told["promoted"]["models"].values()] == ["retired", "champion"]
    assert [model["status"] for model in told["rolled back"]["models"].values()] == ["champion", "retired"]


def test_a_past_day_is_replayed_as_it_was_scored(told: dict[str, Any]) -> None:
    assert differing(told["replayed"]["digests"], told["first"]["digests"]) == []
    assert told["replayed"]["history"] == told["scored with another"]["history"], "Other days stay as they were."
    assert [model["status"] for model in told["replayed"]["models"].values()] == ["champion", "later"]
    for part in ("digests", "history", "models"):
        assert told["and back"][part] == told["rolled back"][part]


def test_decisions_that_make_no_sense_are_refused_in_words(told: dict[str, Any]) -> None:
    story = told["story"]
    nothing = story.operate("promote_model", model_version="2020-01-01-'; drop schema analytics_learning cascade; --")
    assert not nothing.ok
    assert "ml_models has no model '2020-01-01-" in nothing.output
    none_before = story.operate("roll_back_model")
    assert not none_before.ok
    assert "No model was champion before" in none_before.output
    assert story.models() == told["and back"]["models"]


def test_a_pinned_model_stays_whatever_is_trained(told: dict[str, Any], dbt: WarmDbt, tmp_path: Path) -> None:
    story = Story(dbt, copied(told["story"].database, tmp_path / "pinned"))
    pinned = next(version for version, model in story.models().items() if model["as_of"] == END)
    assert story.operate("pin_model", model_version=pinned).ok
    later = END + timedelta(days=100)
    result = story.build(as_of=str(later), retrain="always")
    assert result.ok, result.output
    champion = story.models()[pinned]
    assert (champion["status"], champion["is_pinned"]) == ("champion", True)
    assert story.operate("unpin_model").ok
    champion = story.models()[pinned]
    assert (champion["status"], champion["is_pinned"]) == ("champion", False)


def test_a_changed_artifact_is_refused_and_what_was_scored_stays(
    told: dict[str, Any], dbt: WarmDbt, tmp_path: Path
) -> None:
    story = Story(dbt, copied(told["story"].database, tmp_path / "tampered"))
    before = story.digests()
    with connect(story.database, read_only=False) as connection:
        connection.execute(
            "update analytics_learning.ml_models set artifact = replace(artifact, '0.', '1.') where status = 'champion'"
        )
    result = story.build(retrain="auto")
    assert not result.ok
    assert "it was changed after training and is not used" in result.output
    assert story.digests() == before
    # Another model takes over: one that people choose, or one trained anew, which nobody stands against.
    other = next(version for version, model in story.models().items() if model["as_of"] == END)
    assert story.operate("promote_model", model_version=other).ok
    result = story.build(retrain="never")
    assert result.ok, result.output


def test_a_crash_between_training_and_promotion_leaves_the_champion(
    told: dict[str, Any], dbt: WarmDbt, tmp_path: Path
) -> None:
    story = Story(dbt, copied(told["story"].database, tmp_path / "crashed"))
    # What a run that ends here leaves behind: a model is trained, and nothing has been said of it.
    trained = story.build("run", "--select", "+int_learning__trained_model", "--no-write-json", retrain="always")
    assert trained.ok, trained.output
    assert story.models() == told["and back"]["models"]
    scored = story.build("run", "--select", "int_scoring__rows+", "--no-write-json")
    assert scored.ok, scored.output
    assert story.digests() == told["and back"]["digests"]
