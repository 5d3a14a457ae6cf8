"""What uniting records is worth: `python benchmarks/unified.py [--leads 10000] [--seed 7]`.

Builds one simulated world as of a past day in each `identity_mode` and prints, for records united by all evidence, by exact keys and not at
all: pairwise precision, recall and F1 against the truth, and how well the model's scores rank the persons who opened an
opportunity in the 90 days after that day. A person's score is the highest among its leads; the same persons are judged in all modes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np

from leadscore.learning.metrics import pr_auc, roc_auc
from leadscore.simulate import simulate

PROJECT = Path(__file__).resolve().parent.parent
END, AS_OF = date(2025, 7, 1), date(2025, 4, 1)
MODES = ("fuzzy", "exact", "none")
PAIRS = """
    with t as (
        select source_records.lead_id, people.person_id
        from analytics_identity.lead_source_records as source_records
        inner join truth.record_person as people on source_records.record_id = people.record_id
    ),
    counts as (
        select
            (select sum(n * (n - 1) / 2) from (select count(*) as n from t group by lead_id, person_id)) as right_pairs,
            (select sum(n * (n - 1) / 2) from (select count(*) as n from t group by lead_id)) as found,
            (select sum(n * (n - 1) / 2) from (select count(*) as n from t group by person_id)) as true_pairs
    )
    select right_pairs / nullif(found, 0), right_pairs / true_pairs, 2 * right_pairs / (found + true_pairs) from counts
"""
SCORES = """
    select people.person_id, max(scores.conversion_probability) as probability
    from analytics_scoring.fct_lead_scores as scores
    inner join analytics_identity.lead_source_records as source_records on scores.lead_id = source_records.lead_id
    inner join truth.record_person as people on source_records.record_id = people.record_id
    group by people.person_id
"""
OPPORTUNITIES = f"""
    select people.person_id, min(deals.created_date) as opened_at
    from salesforce.opportunity_contact_role as roles
    inner join salesforce.opportunity as deals on roles.opportunity_id = deals.id
    inner join truth.record_person as people on 'salesforce.contact:' || roles.contact_id = people.record_id
    group by people.person_id
    having min(deals.created_date) >= timestamptz '{AS_OF} 00:00:00+00'
"""


def built(world: Path, mode: str) -> Path:
    """A copy of the world, built in one mode."""
    database = world.with_name(f"{mode}.duckdb")
    shutil.copyfile(world, database)
    environment = {**os.environ, "LEAD_SCORING_DUCKDB": str(database)}
    command = [str(Path(sys.executable).parent / "dbt"), "build", "--exclude-resource-type", "test", "unit_test"]
    command += [
        "--vars",
        f"{{as_of: {AS_OF}, identity_mode: {mode}}}",
        "--target-path",
        str(world.with_name(f"target_{mode}")),
    ]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout[-3000:])
    return database


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world.duckdb"
        simulate(world, leads=asked.leads, months=24, seed=asked.seed, end=END, progress=False)
        pairs, scores = {}, {}
        for mode in MODES:
            with duckdb.connect(str(built(world, mode)), read_only=True) as connection:
                connection.execute("set TimeZone = 'UTC'")
                pairs[mode] = connection.execute(PAIRS).fetchall()[0]
                scores[mode] = dict(connection.execute(SCORES).fetchall())
                until = AS_OF + timedelta(days=90)
                opened = dict(connection.execute(OPPORTUNITIES).fetchall())
        judged = sorted(set.intersection(*[set(found) for found in scores.values()]))
        label = np.array([float(person in opened and opened[person].date() < until) for person in judged])
        print(
            f"{len(judged):,} persons scored in all modes as of {AS_OF}, {int(label.sum())} of them with an opportunity in 90 days"
        )
        for mode in MODES:
            probability = np.array([scores[mode][person] for person in judged])
            figures = [roc_auc(label, probability), pr_auc(label, probability)]
            united = ["   -" if figure is None else f"{figure:.4f}" for figure in pairs[mode]]
            print(
                f"{mode:<6} precision {united[0]} recall {united[1]} F1 {united[2]}  ROC-AUC {figures[0]:.4f}  PR-AUC {figures[1]:.4f}"
            )


if __name__ == "__main__":
    main()
