"""Simulated worlds with their features and the truth, for benchmarks: simulated once, built by dbt, kept as Parquet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from leadscore.simulate import simulate

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
KEYS = ["lead_id", "as_of", "account_key", "is_converted"]
TRUTH = "true_probability"
SELECTION = ["--select", "+int_learning__training_rows", "--exclude-resource-type", "test", "unit_test"]

# The true probability of a snapshot: that of the person behind any of the lead's records, on that day.
LABELLED = f"""
    select any_value(columns(rows.*)), max(truth.probability) as {TRUTH}
    from {{rows}} as rows
    inner join {{records}} as records on rows.lead_id = records.lead_id
    inner join truth.record_person as persons on records.record_id = persons.record_id
    inner join truth.conversion_probability as truth
        on persons.person_id = truth.person_id and rows.as_of >= truth.valid_from and rows.as_of < truth.valid_to
    group by rows.lead_id, rows.as_of
    order by rows.lead_id, rows.as_of
"""


def labelled_rows(folder: Path, leads: int, seed: int, end: date, months: int, snapshots: int = 4) -> pd.DataFrame:
    """The labelled snapshots of a world with their keys, features and true probability; made once and kept in `folder`."""
    kept = folder / f"{leads}_leads_{months}_months_until_{end}_seed_{seed}.parquet"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as home:
            database = Path(home) / "world.duckdb"
            simulate(database, leads=leads, months=months, seed=seed, end=end, progress=False)
            build(database, {"as_of": str(end), "training_max_rows": 10**8, "training_snapshots_per_lead": snapshots})
            with duckdb.connect(str(database)) as connection:
                query = LABELLED.format(
                    rows=place(connection, "int_learning__training_rows"),
                    records=place(connection, "lead_source_records"),
                )
                unfinished = kept.with_suffix(".unfinished")
                connection.execute(f"copy ({query}) to '{unfinished}' (format parquet)")
                unfinished.rename(kept)
    return pd.read_parquet(kept)


def build(database: Path, variables: dict[str, object], selection: list[str] = SELECTION) -> None:
    """Run dbt on a database; what it printed is the message if it fails."""
    home = database.parent
    (home / "profiles.yml").write_text((PROJECT / "profiles.yml.example").read_text())
    command = [str(BIN / "dbt"), "--no-use-colors", "build", *selection, "--vars", json.dumps(variables)]
    paths = ["--profiles-dir", home, "--target-path", home / "target", "--log-path", home / "logs"]
    environment = {**os.environ, "LEAD_SCORING_DUCKDB": str(database), "LEAD_SCORING_TARGET": "duckdb"}
    result = subprocess.run(
        [*command, *map(str, paths)], cwd=PROJECT, env=environment, text=True, capture_output=True, check=False
    )
    if result.returncode:
        sys.exit(result.stdout[-4000:])


def place(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The name of a table with its schema."""
    found = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_name = ?", [table]
    ).fetchall()
    return str(found[0][0])
