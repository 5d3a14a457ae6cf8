"""Does the project notice a world that drifts, and does it come back? `python benchmarks/drift.py [--leads 10000] [--seeds 5 6]`.

For each seed two worlds that differ in their drift alone: in one of them nothing changes, in the other AI content becomes the sign of
buying on 1 April 2024. In both a model is trained on that day. The world without drift trains nothing from then on; the other one is
built every quarter with the defaults and decides for itself whether to train and what to promote. After 26 weeks the alerts of both are
read, from a copy that has kept the first model: what it says of every week since.

What a model is worth is asked of the truth: the PR-AUC of its scores of the open leads of a day, each lead counted as a conversion with its
true probability. Both worlds have the same leads and truth, so what the first champion loses to the drift is the difference of the two.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from leadscore.learning import load_artifact
from leadscore.learning.metrics import all_metrics
from leadscore.simulate import simulate

PROJECT = Path(__file__).resolve().parent.parent
DBT = Path(sys.executable).parent / "dbt"
END, MONTHS = date(2025, 7, 1), 30
TRAINED = date(2024, 4, 1)
SEEN = TRAINED + timedelta(weeks=26)
DAYS = [TRAINED + timedelta(weeks=week) for week in (13, 26, 39, 52)]
# What the picture shows of the monitor.
DRAWN = ("others_decision_touches_30d", "ai_content_views_90d", "pricing_visits_90d", "score")
WORLDS = {"without": "none", "with": f"ai_content:{TRAINED:%Y-%m}"}


def dbt(database: Path, day: date, *models: str, **variables: object) -> None:
    """Build these models for a day."""
    home = database.parent
    command = [str(DBT), "-q", "build", "--exclude-resource-type", "test", "unit_test", "--select", *models]
    command += ["--target-path", str(home / "target"), "--log-path", str(home / "logs")]
    command += ["--vars", json.dumps({"as_of": str(day), **variables})]
    environment = {**os.environ, "LEAD_SCORING_DUCKDB": str(database)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.stdout)


def rows(database: Path, query: str) -> list[dict[str, object]]:
    """The rows of a query."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(query).to_arrow_table().to_pylist()


def worth(database: Path, version: str) -> float:
    """PR-AUC of a model's scores of the open leads by their true probability of conversion."""
    with duckdb.connect(str(database), read_only=True) as connection:
        leads = connection.sql("from analytics_scoring.int_scoring__rows order by lead_id").to_arrow_table()
        truth = connection.sql("""
            select scored.lead_id, max(truth.probability) as probability
            from analytics_scoring.int_scoring__rows as scored
            join analytics_identity.lead_source_records as records using (lead_id)
            join truth.record_person as people using (record_id)
            join truth.conversion_probability as truth
                on people.person_id = truth.person_id and truth.valid_from <= scored.as_of and scored.as_of < truth.valid_to
            group by scored.lead_id
        """).to_arrow_table()
        (found,) = connection.execute(
            "select artifact, artifact_sha256 from analytics_learning.ml_models where model_version = ?", [version]
        ).fetchall()
    both = leads.join(truth, "lead_id", join_type="inner").sort_by("lead_id")
    probability = both["probability"].to_numpy()
    score = load_artifact(*found).margins(both)
    label = np.repeat([1.0, 0.0], len(score))
    return all_metrics(label, np.tile(score, 2), np.concatenate([probability, 1 - probability]))["pr_auc"]


def watched(database: Path) -> dict[str, object]:
    """What the monitor says of the first model after 26 weeks."""
    dbt(database, SEEN, "+ml_retraining_decision", retrain="never")
    tables = {
        "alerts": "select * exclude (message, model_version) from analytics_learning.ml_alerts order by first_week, subject",
        "weeks": f"select week, feature, psi, usual_psi from analytics_learning.ml_drift where feature in {DRAWN} order by all",
        "performance": "select * exclude (model_version) from analytics_learning.ml_cohort_performance order by all",
        "reasons": f"select reasons from analytics_learning.ml_retraining_decision where as_of = date '{SEEN}'",
    }
    return {name: rows(database, query) for name, query in tables.items()}


def first_champion(database: Path) -> str:
    """The model that was trained first."""
    return str(
        rows(database, "select model_version from analytics_learning.ml_models order by as_of limit 1")[0][
            "model_version"
        ]
    )


def undisturbed(database: Path) -> dict[str, object]:
    """The world without drift: what was seen, and what the first model is worth on some of the days."""
    dbt(database, TRAINED, "+ml_models")
    found: dict[str, object] = watched(database)
    days = {}
    for day in DAYS[1:]:
        dbt(database, day, "+int_scoring__rows")
        days[str(day)] = worth(database, first_champion(database))
    return found | {"worth": days}


def drifting(database: Path) -> dict[str, object]:
    """The world that drifts: what was seen, what was decided on each of the days, and what first and present champion are worth."""
    dbt(database, TRAINED, "+ml_models")
    beside = database.parent / "kept"
    beside.mkdir()
    found = watched(Path(shutil.copyfile(database, beside / database.name)))
    return found | {"days": [lived(database, day) for day in DAYS]}


def lived(database: Path, day: date) -> dict[str, object]:
    """A day on which the project decides for itself."""
    dbt(database, day, "+int_scoring__rows", "+ml_models", "ml_retraining_decision", "ml_promotion_gates")
    (decision,) = rows(database, f"from analytics_learning.ml_retraining_decision where as_of = date '{day}'")
    (champion,) = rows(
        database, "select model_version, as_of from analytics_learning.ml_models where status = 'champion'"
    )
    gates = (
        f"select * exclude (as_of) from analytics_learning.ml_promotion_gates where as_of = date '{day}' order by all"
    )
    return {
        "day": day,
        "trained": decision["should_train"],
        "reasons": decision["reasons"],
        "details": decision["details"],
        "champion_of": champion["as_of"],
        "gates": rows(database, gates),
        "worth_of_first": worth(database, first_champion(database)),
        "worth": worth(database, str(champion["model_version"])),
    }


def main() -> None:
    """Live both worlds of each seed, print what was seen and store it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[5, 6])
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks" / "drift.json")
    options = parser.parse_args()
    results = []
    for seed in options.seeds:
        found: dict[str, dict[str, object]] = {}
        for name, live in (("with", drifting), ("without", undisturbed)):
            with tempfile.TemporaryDirectory() as folder:
                database = Path(folder) / "world.duckdb"
                simulate(database, options.leads, MONTHS, seed, END, progress=False, drift=WORLDS[name])
                found[name] = live(database)
            alerts = pd.DataFrame(found[name]["alerts"])  # type: ignore[call-overload]
            print(f"seed {seed}, {name} drift: {len(alerts)} alerts\n{alerts.to_string()}", flush=True)
        for day in found["with"]["days"]:  # type: ignore[attr-defined]
            undrifted = found["without"]["worth"].get(str(day["day"]))  # type: ignore[attr-defined]
            if undrifted:
                restored = (day["worth"] - day["worth_of_first"]) / (undrifted - day["worth_of_first"])
                day |= {"worth_without_drift": undrifted, "restored": restored}
            print({key: value for key, value in day.items() if key not in ("gates", "details")}, flush=True)
        results.append({"seed": seed, "leads": options.leads, **found})
        options.output.write_text(json.dumps(results, default=str, indent=1) + "\n")


if __name__ == "__main__":
    main()
