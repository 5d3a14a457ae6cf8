"""How well does the project score 8,000 real leads? Exports -> `leadscore load` -> `dbt build` -> judged out of time.

    python benchmarks/olist.py REAL_DATA_DIR [--database FILE]

Judged as the reference is: the day of first contact, leads of January to March 2018 to learn from and of April and May
to judge by, won within 90 days or not. benchmarks/README.md says where REAL_DATA_DIR comes from and what was found.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
import real_data

from leadscore.learning import fit
from leadscore.learning.metrics import with_intervals
from leadscore.load import load

REPO = Path(__file__).resolve().parents[1]
VARIABLES = "{as_of: 2018-11-15, conversion_event: opportunity_won, bombora_enabled: false, g2_enabled: false}"
REFERENCE = {"roc_auc": 0.687, "pr_auc": 0.182, "base_rate": 0.106}
"""An untuned LightGBM on the same leads and days, as the note that comes with the data gives it."""
HORIZON = pd.Timedelta(days=90)
APRIL, MAY = pd.Timestamp(2018, 4, 1), pd.Timestamp(2018, 5, 1)
Rows = pd.Series  # of booleans, one for each row


def build(source: Path, database: Path) -> None:
    """Load the Olist leads into a DuckDB file and build the project on it, tests of the data included."""
    with TemporaryDirectory() as folder:
        real_data.write(real_data.olist(source), Path(folder, "exports"))
        load(Path(folder, "exports"), database, progress=False)
        shutil.copyfile(REPO / "profiles.yml.example", Path(folder, "profiles.yml"))
        command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet", "build", "--vars", VARIABLES]
        command += ["--exclude-resource-type", "unit_test"]
        command += ["--profiles-dir", folder, "--target-path", f"{folder}/target", "--log-path", folder]
        environment = {"LEAD_SCORING_DUCKDB": str(database.resolve()), "LEAD_SCORING_TARGET": "duckdb"}
        subprocess.run(command, cwd=REPO, env=os.environ | environment, check=True)


def read(database: Path, query: str) -> pd.DataFrame:
    """The rows of a query on the built database."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).df()


def first_contacts(database: Path) -> pd.DataFrame:
    """Leads first contacted in January to May 2018, on that day: lead_id, as_of, is_converted, won_at, the features."""
    query = """
        select spine.is_converted, leads.converted_at as won_at, features.*
        from analytics_features.feat_leads as features
        inner join analytics_features.feat_spine as spine using (lead_id, as_of)
        inner join analytics_marts.dim_leads as leads using (lead_id)
        where spine.purpose = 'training' and features.lead_age_days = 1 and as_of between '2018-01-01' and '2018-05-31'
        order by lead_id
    """
    return read(database, query)


def judge(rows: pd.DataFrame, train: Rows, test: Rows, label: Rows | None = None, seed: int = 0) -> pd.DataFrame:
    """Metrics with intervals, by name, of the default model: learnt from `train` by its `label`, judged on `test`."""
    won = rows["is_converted"]
    features = rows.drop(columns=["lead_id", "as_of", "is_converted", "won_at"])
    learnt, as_of, lead = (won if label is None else label)[train], rows["as_of"][train], rows["lead_id"][train]
    model = fit(features[train], learnt, as_of=as_of, lead=lead, horizon_days=HORIZON.days, seed=seed)
    return with_intervals(won[test], model.predict_proba(features[test])[:, 1]).set_index("metric")


def report(database: Path) -> str:
    """The figures beside the reference, and what the build's own evaluation says."""
    rows = first_contacts(database)
    day, won_by_april = rows["as_of"], rows["is_converted"] & (rows["won_at"] < APRIL)
    winter, spring, may = day < APRIL, day >= APRIL, day >= MAY
    build_says = read(
        database, "select * from analytics_learning.ml_metrics where split = 'out_of_time' and slice_kind = 'all'"
    )
    lines = [
        f"{'learnt from -> judged on':<34}{'ROC-AUC':>23}{'PR-AUC':>23}{'base rate':>11}",
        _line("January-March -> April-May", judge(rows, winter, spring)),
        *(_line(f"  the same, seed {seed}", judge(rows, winter, spring, seed=seed)) for seed in (1, 2)),
        _line("  only wins before 1 April known", judge(rows, winter, spring, won_by_april)),
        _line("January-March -> May", judge(rows, winter, may)),
        _line("January -> May, all 90 days over", judge(rows, day + HORIZON <= MAY, may)),
        "reference, untuned LightGBM".ljust(34) + "{roc_auc:>23}{pr_auc:>23}{base_rate:>11}".format(**REFERENCE),
        "\nThe build's own evaluation, on the newest quarter of all snapshots (ml_metrics, out_of_time)",
        *(_line(str(scorer), metrics) for scorer, metrics in build_says.set_index("metric").groupby("scorer")),
        "Much of what it learns from is 2017, when hardly a win was recorded; it judges by a summer without new leads.",
    ]
    return "\n".join(lines)


def _line(name: str, metrics: pd.DataFrame) -> str:
    roc_auc, pr_auc, base_rate = metrics.loc[["roc_auc", "pr_auc", "base_rate"], ["value", "lower", "upper"]].to_numpy()
    interval = "{:>9.4f} [{:.3f}, {:.3f}]"
    return f"{name:<34}{interval.format(*roc_auc)}{interval.format(*pr_auc)}{base_rate[0]:>11.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="REAL_DATA_DIR", help="the folder that holds olist/")
    parser.add_argument("--database", type=Path, metavar="FILE", help="the DuckDB file to keep (default: none is kept)")
    options = parser.parse_args()
    if not (options.source / "olist").is_dir():
        parser.error(f"There is no folder olist in {options.source}: name the folder that holds it.")
    with TemporaryDirectory() as folder:
        database = options.database or Path(folder) / "olist.duckdb"
        print("Loading and building, a minute or two", flush=True)
        build(options.source, database)
        print(report(database))


if __name__ == "__main__":
    main()
