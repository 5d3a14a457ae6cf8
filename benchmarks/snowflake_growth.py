"""How tables, seconds and memory grow with the number of leads: `python benchmarks/snowflake_growth.py [--leads 5000 20000 80000]`.

Simulates and builds a world of each size on DuckDB, models only, and writes benchmarks/snowflake_growth.json, from which
`snowflake_plan.py` calculates. Sizes do not depend on the machine; seconds and memory do, so run it on an idle one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
GROWTH = Path(__file__).with_suffix(".json")
END = "2025-07-01"
RAW = ("marketo", "salesforce", "bombora", "g2")


def world(leads: int, home: Path) -> dict[str, Any]:
    """Simulate and build one world, then measure each stored table and the time of each model.

    Returns:
        `leads`; `tables`, name -> layer, rows, compressed bytes (Parquet, zstd) and uncompressed bytes (Arrow);
        `seconds`, model -> time in dbt; `reads`, model -> the stored tables it reads, views seen through.
    """
    database = home / f"{leads}.duckdb"
    environment = {**os.environ, "LEAD_SCORING_DUCKDB": str(database), "LEAD_SCORING_TARGET": "duckdb"}
    target = home / f"target_{leads}"
    for command in (
        ["leadscore", "simulate", "--leads", str(leads), "--months", "24", "--end", END],
        ["dbt", "seed", "--target-path", str(target), "--log-path", str(home), "--vars", f"{{as_of: {END}}}"],
        ["dbt", "run", "--target-path", str(target), "--log-path", str(home), "--vars", f"{{as_of: {END}}}"],
    ):
        done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=PROJECT, env=environment, capture_output=True)
        if done.returncode:
            sys.exit(f"{' '.join(command[:2])} failed:\n{done.stdout.decode()[-2000:]}{done.stderr.decode()[-2000:]}")
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    results = json.loads((target / "run_results.json").read_text())["results"]
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set threads = 2; set memory_limit = '2GB'")
        tables = _tables(connection, nodes, home)
    return {
        "leads": leads,
        "tables": tables,
        "seconds": {r["unique_id"].split(".")[-1]: round(r["execution_time"], 2) for r in results},
        "reads": {name: sorted(set(read) & set(tables)) for name, read in _reads(nodes).items() if name in tables},
    }


def _tables(connection: duckdb.DuckDBPyConnection, nodes: dict[str, Any], home: Path) -> dict[str, dict[str, Any]]:
    layers = {node["name"]: _layer(node) for node in nodes.values()}
    found: dict[str, dict[str, Any]] = {}
    for schema, name in connection.execute(
        "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' order by all"
    ).fetchall():
        raw = schema in RAW
        if not raw and name not in layers:
            continue
        file = home / "table.parquet"
        connection.execute(f'copy "{schema}"."{name}" to \'{file}\' (format parquet, compression zstd)')
        reader = connection.sql(f'select * from "{schema}"."{name}"').to_arrow_reader(50_000)
        rows = uncompressed = 0
        for batch in reader:
            rows, uncompressed = rows + batch.num_rows, uncompressed + batch.nbytes
        found[f"{schema}.{name}" if raw else name] = {
            "layer": "raw" if raw else layers[name],
            "rows": rows,
            "bytes": file.stat().st_size,
            "uncompressed": uncompressed,
        }
    return found


def _layer(node: dict[str, Any]) -> str:
    return "seeds" if node["resource_type"] == "seed" else str(node["fqn"][1])


def _reads(nodes: dict[str, Any]) -> dict[str, list[str]]:
    """Model -> stored tables below it. A raw table reads itself through its staging view, `marketo.lead` and so on."""

    def stored(unique_id: str) -> list[str]:
        if unique_id.startswith("source."):
            return [".".join(unique_id.split(".")[-2:])]
        node = nodes[unique_id]
        if node["config"]["materialized"] == "view":
            return [name for parent in node["depends_on"]["nodes"] for name in stored(parent)]
        return [node["name"]]

    return {
        node["name"]: [name for parent in node["depends_on"]["nodes"] for name in stored(parent)]
        for node in nodes.values()
        if node["resource_type"] == "model"
    }


def memory(database: Path) -> dict[str, dict[str, float]]:
    """Peak memory of each Python step beyond what it starts with, each in a process of its own.

    Returns:
        step -> `rows` it was given, `bytes` of memory it took at the peak, its input read included.
    """
    found = {}
    spawn = multiprocessing.get_context("spawn")
    for step in (rhythm_step, explanation_step, clusters_step, training_step):
        with spawn.Pool(1) as pool:
            rows, taken = pool.apply(_peak, (step, str(database)))
        found[step.__name__.removesuffix("_step")] = {"rows": rows, "bytes": taken}
    return found


def _peak(step: Callable[[duckdb.DuckDBPyConnection], int], database: str) -> tuple[int, int]:
    with duckdb.connect(database, read_only=True) as connection:
        connection.execute("set threads = 1")
        # A little work first, so that compiled code and libraries are not counted as data.
        step(connection.cursor().execute("set variable few = 500"))
        before = _high_water()
        rows = step(connection.cursor().execute("set variable few = 1000000000"))
    return rows, _high_water() - before


def _high_water() -> int:
    """Peak memory of this process in bytes. Linux only; getrusage would tell the parent's peak as well."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024  # type: ignore[union-attr]


def _few(connection: duckdb.DuckDBPyConnection, table: str, most: int = 1_000_000_000) -> pa.Table:
    schema = connection.execute(
        "select table_schema from information_schema.tables where table_name = ?", [table]
    ).fetchall()[0][0]
    few = connection.execute("select getvariable('few')").fetchall()[0][0]
    return connection.sql(f"select * from {schema}.{table} limit {min(few, most)}").to_arrow_table()


def rhythm_step(connection: duckdb.DuckDBPyConnection) -> int:
    """One batch of weekly counts."""
    from leadscore import rhythm

    rows = _few(connection, "int_features__weekly_touches", 50_000)
    rhythm.features(rows.combine_chunks().to_batches()[0])
    return rows.num_rows


def explanation_step(connection: duckdb.DuckDBPyConnection) -> int:
    """One batch of leads scored and explained."""
    from leadscore import pipeline

    score = pipeline.scorer(_few(connection, "ml_models", 1))
    rows = _few(connection, "int_scoring__rows", 50_000)
    score(rows.combine_chunks().to_batches()[0])
    return rows.num_rows


def clusters_step(connection: duckdb.DuckDBPyConnection) -> int:
    """The graph of records and of the links between them."""
    from leadscore import clusters

    few = connection.execute("select getvariable('few')").fetchall()[0][0]
    identity = "analytics_identity.int_identity__"
    members = connection.sql(f"from {identity}members order by record_id limit {few}").to_arrow_table()
    last = members.column("record_id")[-1].as_py()
    links = connection.sql(f"from {identity}links where greatest(left_record_id, right_record_id) <= '{last}'")
    apart, parameters = (_few(connection, name) for name in ("identity_overrides", "int_identity__parameters"))
    clusters.clusters(links.to_arrow_table(), members, apart, parameters)
    return links.count("*").fetchall()[0][0]  # type: ignore[no-any-return]


def training_step(connection: duckdb.DuckDBPyConnection) -> int:
    """A model fitted to the rows that training reads."""
    from leadscore import pipeline

    rows = _few(connection, "int_learning__training_rows", 100_000)
    inputs = (
        "int_learning__rule_points",
        "int_learning__settings",
        "int_learning__decision",
        "int_learning__metrics",
        "int_learning__reference_odds",
    )
    pipeline.train(rows, *[_few(connection, name) for name in inputs])
    return rows.num_rows


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, nargs="+", default=[5_000, 20_000, 80_000])
    parser.add_argument("--to", type=Path, default=GROWTH)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        worlds = [world(leads, Path(folder)) for leads in sorted(options.leads)]
        peaks = memory(Path(folder) / f"{max(options.leads)}.duckdb")
    reads = worlds[-1]["reads"]
    for one in worlds:
        del one["reads"]
    options.to.write_text(
        json.dumps({"worlds": worlds, "reads": reads, "memory": peaks}, indent=1, sort_keys=True) + "\n"
    )


if __name__ == "__main__":
    main()
