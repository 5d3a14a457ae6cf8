"""Does the monitor see a world that drifts, and only that one? `python benchmarks/drift.py [--leads 10000] [--seeds 5]`.

For each seed two worlds that differ in their drift alone: in one of them nothing changes, in the other AI content becomes the sign of
buying on 1 April 2024. In both a model is trained on that day and nothing else is trained for 26 weeks, when the alerts are read that it
has raised week by week. In the world that drifts, the project is then built on that day and twice more, 13 weeks apart, and decides for
itself whether to train and what to promote.

What a model is worth is asked of the truth: the PR-AUC of its scores of the open leads of a day, each lead counted as a conversion with its
true probability. Both worlds have the same leads and truth, so what the first champion loses to the drift is the difference of the two.
"""

from __future__ import annotations

import argparse
import json
import os
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
DAYS = [SEEN + timedelta(weeks=13 * n) for n in range(3)]
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
    """What the monitor said of the weeks since the champion was trained."""
    tables = {
        "alerts": "select * exclude (message, model_version) from analytics_learning.ml_alerts order by first_week, subject",
        "weeks": "select week, feature, psi, usual_psi, p_value from analytics_learning.ml_drift order by all",
        "performance": "select * exclude (model_version) from analytics_learning.ml_cohort_performance order by all",
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
    """The world without drift: what was seen, and what the first model is worth on each of the days."""
    dbt(database, TRAINED, "+ml_models")
    found: dict[str, object] = {"worth": []}
    for day in DAYS:
        dbt(database, day, "+int_scoring__rows", *(["+ml_retraining_decision"] if day == SEEN else []), retrain="never")
        if day == SEEN:
            found |= watched(database)
        found["worth"] += [worth(database, first_champion(database))]  # type: ignore[operator]
    return found


def drifting(database: Path) -> dict[str, object]:
    """The world that drifts: what was seen, what was decided on each of the days, and what first and present champion are worth."""
    dbt(database, TRAINED, "+ml_models")
    found: dict[str, object] = {"days": []}
    for day in DAYS:
        dbt(database, day, "+int_scoring__rows", "+ml_models", "ml_retraining_decision", "ml_promotion_gates")
        if day == SEEN:
            found |= watched(database)
        (decision,) = rows(
            database, f"select * from analytics_learning.ml_retraining_decision where as_of = date '{day}'"
        )
        (champion,) = rows(
            database, "select model_version, as_of from analytics_learning.ml_models where status = 'champion'"
        )
        found["days"] += [  # type: ignore[operator]
            {
                "day": day,
                "trained": decision["should_train"],
                "reasons": decision["reasons"],
                "details": decision["details"],
                "champion_of": champion["as_of"],
                "gates": rows(
                    database,
                    f"select * from analytics_learning.ml_promotion_gates where as_of = date '{day}' order by all",
                ),
                "worth_of_first": worth(database, first_champion(database)),
                "worth": worth(database, str(champion["model_version"])),
            }
        ]
    return found


def main() -> None:
    """Live both worlds of each seed, print what was seen and store it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[5])
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
        for day, undrifted in zip(found["with"]["days"], found["without"]["worth"], strict=True):  # type: ignore[call-overload]
            restored = (day["worth"] - day["worth_of_first"]) / (undrifted - day["worth_of_first"])
            day |= {"worth_without_drift": undrifted, "restored": restored}
            print({key: value for key, value in day.items() if key != "gates"})
        results.append({"seed": seed, "leads": options.leads, **found})
        options.output.write_text(json.dumps(results, default=str, indent=1) + "\n")


if __name__ == "__main__":
    main()
