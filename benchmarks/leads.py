"""Time and memory of scores and their reasons for many leads: `python benchmarks/leads.py DATABASE [--leads 1000000]`.

DATABASE is a finished build with a boosted champion, such as that of `make demo`; it is only read. In a copy its rows
to score are repeated with jittered numbers, once for a day of the week before and once for the day itself. The week
before is scored without being timed; then dbt runs the project's own models of the day, each in a process of its own.
Printed are the seconds of the model, and of its process (dbt's start and DuckDB included) the seconds of processor,
which say more than the clock where other programs run too, and the peak memory.
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

PROJECT = Path(__file__).resolve().parent.parent
DBT = Path(sys.executable).parent / "dbt"
EARLIER = ["ml_lead_explanations", "fct_lead_scores", "int_scoring__scored_rows"]
VIEWS = ["int_scoring__earlier_models", "int_scoring__rows_then_and_now", "int_scoring__what_if_rows"]
TIMED = [
    "ml_lead_explanations",
    "fct_lead_scores",
    "fct_lead_score_reasons",
    "fct_feature_importance",
    "ml_lead_what_if",
    "fct_lead_score_what_if",
    "int_scoring__scored_rows",
    "ml_lead_score_changes",
    "fct_lead_score_changes",
]
JITTER = {
    "INTEGER": "greatest(0, {0} + cast(round({0} * (random() - 0.5)) as integer))",
    "DOUBLE": "{0} * (0.9 + 0.2 * random())",
}


def found(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The name of the table with its schema."""
    schemas = connection.execute(
        "select table_schema from information_schema.tables where table_name = ?", [table]
    ).fetchall()
    if not schemas:
        sys.exit(f"The database holds no table {table}; give one that `dbt build` has finished.")
    return f"{schemas[0][0]}.{table}"


def widen(database: Path, leads: int) -> date:
    """Repeat the leads and what is joined to them; the day they are to be scored on."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("set memory_limit = '2GB'")
        rows = found(connection, "int_scoring__rows")
        day, n = connection.execute(f"select max(as_of), count(*) from {rows}").fetchall()[0]
        connection.execute(
            f"create schema copies; create table copies.leads as select lead_id, copy from {rows} "
            f"cross join (select range as copy from range(1 + {leads} // {n})) limit {leads}"
        )
        connection.execute(f"create table copies.rows as from {rows}")
        for table in ("int_features__weekly_touches", "dim_leads"):
            name = found(connection, table)
            where = "where as_of = getvariable('day')" if table.startswith("int_") else ""
            connection.execute("set variable day = ?::date", [day])
            connection.execute(
                f"create or replace table {name} as select wide.* replace (wide.lead_id || '-' || copy as lead_id) "
                f"from (from {name} {where}) as wide inner join copies.leads on wide.lead_id = copies.leads.lead_id"
            )
        connection.execute(f"delete from {found(connection, 'int_scoring__scored_rows')}")
    return date.fromisoformat(str(day))


def jitter(database: Path, day: date) -> None:
    """Rows to score of a day: those of the build, repeated, their numbers moved at random."""
    with duckdb.connect(str(database)) as connection:
        # Another seed for each day, so that something changes between them.
        connection.execute("set memory_limit = '2GB'")
        connection.execute("select setseed(? / 100)", [day.day]).fetchall()
        rows = found(connection, "int_scoring__rows")
        moved = {"lead_id": "r.lead_id || '-' || copy", "as_of": f"date '{day}'"}
        for name, kind, *_ in connection.execute("describe copies.rows").fetchall():
            if kind in JITTER:
                moved[name] = JITTER[kind].format(f"r.{name}")
        replaced = ", ".join(f"{value} as {name}" for name, value in moved.items())
        connection.execute(
            f"create or replace table {rows} as select r.* replace ({replaced}) "
            "from copies.rows as r inner join copies.leads on r.lead_id = copies.leads.lead_id"
        )


def run(database: Path, models: list[str], day: date, memory_limit: str) -> tuple[float, float, float]:
    """Seconds of work that dbt reports of the models, seconds of processor and peak GB of memory of its process."""
    home = database.parent
    environment = {**os.environ, "LEAD_SCORING_DUCKDB": str(database), "LEAD_SCORING_MEMORY_LIMIT": memory_limit}
    command = [str(DBT), "run", "--target-path", str(home / "target"), "--log-path", str(home / "logs")]
    process = subprocess.Popen(
        [*command, "--vars", f"{{as_of: {day}}}", "--select", *models],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(output)
    results = json.loads((home / "target" / "run_results.json").read_text())["results"]
    seconds = sum(result["execution_time"] for result in results)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024**2


def gaps(database: Path) -> tuple[float, float]:
    """The largest gap between a raw score and its base and points, and between a move of it and its lines."""
    with duckdb.connect(str(database), read_only=True) as connection:
        explanations, changes = (found(connection, f"ml_lead_{name}") for name in ("explanations", "score_changes"))
        return connection.execute(
            f"select (select max(abs(raw_score - base_score - list_sum(points))) from {explanations}), "
            f"(select max(abs(raw_score - then_raw_score - coalesce(list_sum(points), 0))) from {changes})"
        ).fetchall()[0]


def main() -> None:
    """Widen the world, score the week before, then time each model of the day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--memory-limit", default="1GB", help="DuckDB's share of the memory")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(shutil.copyfile(options.database, Path(folder) / "leads.duckdb"))
        day = widen(database, options.leads)
        before = day - timedelta(days=7)
        jitter(database, before)
        run(database, EARLIER, before, options.memory_limit)
        jitter(database, day)
        run(database, VIEWS, day, options.memory_limit)
        print(f"{options.leads:,} leads, DuckDB's memory limit {options.memory_limit}")
        for model in TIMED:
            seconds, processor, peak = run(database, [model], day, options.memory_limit)
            print(f"{model:<24} {seconds:>8.1f} s  {processor:>7.1f} s of processor  {peak:.2f} GB", flush=True)
        print("largest gap of scores {:.1e}, of their changes {:.1e}".format(*gaps(database)))


if __name__ == "__main__":
    main()
