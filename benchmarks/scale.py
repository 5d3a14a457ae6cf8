"""Time per layer and peak memory of a whole build: `python benchmarks/scale.py [--leads 200000] [--months 24]`.

Simulates a world in a folder of its own, builds it with every test, and prints a table. Model times overlap, because
dbt runs two at a time: they say where the work is, the wall clock says how long it takes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LAYERS = ("staging", "identity", "timeline", "features", "learning", "scoring", "marts")
END = "2025-07-01"


def measured(name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
    """Run a command and print its wall time and the peak memory of all commands so far."""
    started = time.monotonic()
    with log.open("w") as output:
        result = subprocess.run(command, cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    print(f"{name:<12} {seconds:>8.0f} s   peak memory so far {peak:.2f} GB", flush=True)
    if result.returncode:
        sys.exit(f"{name} failed; see {log}")


def layer_seconds(run_results: Path) -> Counter[str]:
    """Seconds of work per layer, and of all tests together."""
    seconds: Counter[str] = Counter()
    for result in json.loads(run_results.read_text())["results"]:
        kind, _, name = result["unique_id"].split(".")[:3]
        seconds[_layer(name) if kind == "model" else kind] += result["execution_time"]
    return seconds


def _layer(model: str) -> str:
    paths = [*PROJECT.glob(f"models/**/{model}.sql"), *PROJECT.glob(f"python_models/**/{model}.py")]
    return paths[0].relative_to(PROJECT).parts[1]


def main() -> None:
    """Simulate, build, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=200_000)
    parser.add_argument("--months", type=int, default=24)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "LEAD_SCORING_DUCKDB": str(home / "scale.duckdb")}
        simulate = ["simulate", "--leads", str(options.leads), "--months", str(options.months), "--end", END]
        measured("simulate", [str(BIN / "leadscore"), *simulate], environment, Path("scale_simulate.log"))
        paths = ["--target-path", str(home / "target"), "--log-path", str(home / "logs")]
        build = [str(BIN / "dbt"), "build", *paths, "--vars", f"{{as_of: {END}}}"]
        measured("dbt build", build, environment, Path("scale_build.log"))
        with duckdb.connect(environment["LEAD_SCORING_DUCKDB"], read_only=True) as connection:
            for table in ("fct_activities", "dim_leads", "feat_leads", "fct_lead_scores"):
                schema = connection.execute(
                    "select table_schema from information_schema.tables where table_name = ?", [table]
                ).fetchall()[0][0]
                rows = connection.execute(f"select count(*) from {schema}.{table}").fetchall()[0][0]
                print(f"{table:<16} {rows:>12,} rows")
        seconds = layer_seconds(home / "target" / "run_results.json")
        for name in (*LAYERS, "seed", "test", "unit_test"):
            print(f"{name:<12} {seconds[name]:>8.0f} s of work")


if __name__ == "__main__":
    main()
