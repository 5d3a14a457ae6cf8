"""Does the monitor see a world that drifts, and only that one? `python benchmarks/drift.py [--leads 12000] [--seeds 5 6]`.

For each seed two worlds that differ in their drift alone: in one of them nothing changes, in the other AI content becomes the sign of
buying on 1 April 2024. In both
- a model is trained on that day (`dbt build`),
- 26 weeks later the alerts are read that it has raised by then, week by week, while nothing was trained again,
- from that day on every 13 weeks a build decides whether to train, trains, judges and promotes, three times.
What a model is worth is asked of the truth: the PR-AUC of its scores of the open leads of a day, each lead counted as a conversion with its
true probability. Both worlds have the same leads and truth, so what the first champion loses to the drift is the difference of the two.

Results go to a JSON file, of which `benchmarks/drift_picture.py` draws the picture.
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

from leadscore.learning.metrics import all_metrics
from leadscore.simulate import simulate

PROJECT = Path(__file__).resolve().parent.parent
DBT = Path(sys.executable).parent / "dbt"
END, MONTHS = date(2025, 7, 1), 30
TRAINED = date(2024, 4, 1)
SEEN = TRAINED + timedelta(weeks=26)
RETRAINED = [SEEN + timedelta(weeks=13 * n) for n in range(3)]
WORLDS = {"without": "none", "with": f"ai_content:{TRAINED:%Y-%m}"}


def dbt(database: Path, day: date, *arguments: str, **variables: object) -> None:
    """Run dbt for a day, all of it but the tests unless told otherwise."""
    home = database.parent
    command = [str(DBT), "-q", *(arguments or ("build", "--exclude-resource-type", "test", "unit_test"))]
    command += ["--target-path", str(home / "target"), "--log-path", str(home / "logs")]
    command += ["--vars", json.dumps({"as_of": str(day), **variables})]
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env={**os.environ, "LEAD_SCORING_DUCKDB": str(database)},
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stdout)


def rows(database: Path, query: str) -> list[dict[str, object]]:
    """The rows of a query."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).to_arrow_table().to_pylist()


def worth(database: Path, day: date) -> float:
    """PR-AUC of a day's scores by the true probability of conversion."""
    found = rows(
        database,
        f"""
        select scores.score, max(truth.probability) as probability
        from analytics_scoring.fct_lead_score_history as scores
        join analytics_identity.lead_source_records as records using (lead_id)
        join truth.record_person as people using (record_id)
        join truth.conversion_probability as truth
            on people.person_id = truth.person_id and truth.valid_from <= scores.as_of and scores.as_of < truth.valid_to
        where scores.as_of = date '{day}'
        group by scores.lead_id, scores.score
        order by scores.lead_id
        """,
    )
    score, truth = (np.array([row[name] for row in found], dtype=float) for name in ("score", "probability"))
    label = np.repeat([1.0, 0.0], len(score))
    return all_metrics(label, np.tile(score, 2), np.concatenate([truth, 1 - truth]))["pr_auc"]


def live(database: Path) -> dict[str, object]:
    """Train, watch for 26 weeks, then let the project decide; what it saw and what its scores were worth."""
    dbt(database, TRAINED)
    dbt(database, SEEN, "build", "--select", "+int_learning__alarms", "--exclude-resource-type", "test", "unit_test")
    alerts = rows(
        database,
        "select * exclude (message, model_version) from analytics_learning.ml_alerts order by first_week, subject",
    )
    weeks = rows(
        database,
        "select week, feature, psi - 2 * coalesce(usual_psi, 0) as beyond from analytics_learning.ml_drift order by all",
    )
    performance = rows(
        database,
        "select week, metric, value, lower, upper, baseline from analytics_learning.ml_cohort_performance order by all",
    )
    found: dict[str, object] = {"alerts": alerts, "weeks": weeks, "performance": performance, "days": []}
    for day in [SEEN, *RETRAINED[1:]]:
        frozen = Path(shutil.copyfile(database, database.with_name("frozen.duckdb")))
        dbt(frozen, day, retrain="never")
        dbt(database, day)
        (decision,) = rows(
            database, f"select * from analytics_learning.ml_retraining_decision where as_of = date '{day}'"
        )
        gates = rows(
            database, f"select * from analytics_learning.ml_promotion_gates where as_of = date '{day}' order by all"
        )
        champion = rows(
            database, "select model_version, as_of from analytics_learning.ml_models where status = 'champion'"
        )[0]
        found["days"] += [  # type: ignore[operator]
            {
                "day": day,
                "trained": decision["should_train"],
                "reasons": decision["reasons"],
                "champion_of": champion["as_of"],
                "gates": gates,
                "worth": worth(database, day),
                "worth_before": worth(frozen, day),
            }
        ]
    return found


def main() -> None:
    """Live both worlds of each seed, print what was seen and store it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=12_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[5, 6])
    parser.add_argument("--output", type=Path, default=PROJECT / "benchmarks" / "drift.json")
    options = parser.parse_args()
    results = []
    for seed in options.seeds:
        found: dict[str, object] = {"seed": seed, "leads": options.leads}
        for name, drift in WORLDS.items():
            with tempfile.TemporaryDirectory() as folder:
                database = Path(folder) / "world.duckdb"
                simulate(database, options.leads, MONTHS, seed, END, progress=False, drift=drift)
                found[name] = live(database)
            print(name, "drift, seed", seed)
            for alert in found[name]["alerts"]:  # type: ignore[index, call-overload]
                print(
                    "  alert",
                    alert["first_week"],
                    alert["last_week"],
                    alert["severity"],
                    alert["kind"],
                    alert["metric"],
                    alert["subject"],
                )
            for each in found[name]["days"]:  # type: ignore[index, call-overload]
                print("  day", {key: value for key, value in each.items() if key != "gates"}, flush=True)
        results.append(found)
        options.output.write_text(json.dumps(results, default=str, indent=1) + "\n")


if __name__ == "__main__":
    main()
