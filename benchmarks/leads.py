"""Time and memory of explaining and storing many leads: `python benchmarks/leads.py DATABASE [--leads 1000000]`.

DATABASE is a finished build with a boosted champion, such as that of `make demo`; it is only read. Its rows to score
are repeated with jittered numbers into a database of their own. Then, in a fresh process with the settings of the
DuckDB profile, the project's model function scores and explains them all into a stored table, as dbt does.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from leadscore import pipeline, warehouse


def relation(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The name of the table with its schema."""
    found = connection.execute(
        "select table_schema from information_schema.tables where table_catalog = 'built' and table_name = ?", [table]
    ).fetchall()
    if not found:
        sys.exit(f"The database holds no table {table}; give one that `dbt build` has finished.")
    return f"built.{found[0][0]}.{table}"


def prepare(source: Path, target: Path, leads: int) -> None:
    """Write the champion's row and as many feature rows as wanted."""
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"attach '{source}' as built (read_only)")
        connection.execute("set memory_limit = '2GB'; select setseed(0.5)")
        registry = f"select * from {relation(connection, 'ml_models')} where status = 'champion'"
        connection.execute(f"create table champion as {registry}")
        rows = relation(connection, "int_scoring__rows")
        columns = connection.execute(f"describe {rows}").fetchall()
        jitter = {
            "INTEGER": "greatest(0, {0} + cast(round({0} * (random() - 0.5)) as integer))",
            "DOUBLE": "{0} * (0.9 + 0.2 * random())",
        }
        picked = [f"{jitter[kind].format(name)} as {name}" for name, kind, *_ in columns if kind in jitter]
        picked += [name for name, kind, *_ in columns if kind not in jitter and name != "lead_id"]
        connection.execute(
            f"create table feature_rows as select lead_id || '-' || copy as lead_id, {', '.join(picked)} from {rows} "
            f"cross join (select range as copy from range(1 + {leads} // (select count(*) from {rows}))) limit {leads}"
        )


def explain(database: Path, memory_limit: str) -> None:
    """What the node `ml_lead_explanations` does, timed."""
    with duckdb.connect(str(database)) as session:
        session.execute(f"set memory_limit = '{memory_limit}'; set threads = 2; set TimeZone = 'UTC'")
        champion: pa.Table = session.table("champion").to_arrow_table()
        started = time.perf_counter()
        result = warehouse.map_batches(session, session.table("feature_rows"), pipeline.scorer(champion))
        session.register("result", result)
        session.execute("create table ml_lead_explanations as select * from result")
        session.unregister("result")
        session.execute("checkpoint")
        taken = time.perf_counter() - started
        stored = session.execute(
            "select count(*), max(abs(raw_score - base_score - list_sum(points))) from ml_lead_explanations"
        ).fetchall()[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{stored[0]:,} leads x {len(champion['feature_names'][0].as_py().split(','))} features in {taken:.1f} s, "
        f"peak memory {peak:.2f} GB, largest gap between score and sum of points {stored[1]:.1e}"
    )


def main() -> None:
    """Prepare, then explain in a process of its own, whose peak memory is that of the explanation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--memory-limit", default="1GB", help="DuckDB's share of the memory")
    parser.add_argument("--prepared", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepared:
        explain(options.database, options.memory_limit)
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "leads.duckdb"
        prepare(options.database.resolve(), target, options.leads)
        command = [sys.executable, __file__, str(target), "--prepared", "--memory-limit", options.memory_limit]
        sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
