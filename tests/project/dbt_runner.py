"""Runs dbt as a person would, in a process of its own, on a small database made for the test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class CompletedResult:
    """How a dbt run ended, and everything it printed."""

    ok: bool
    output: str


def run_dbt(
    args: Sequence[str], database: Path, variables: Mapping[str, Any] | None = None, cwd: Path = REPO
) -> CompletedResult:
    """Run dbt with the profile the project ships, on `database`; targets and logs go beside it.

    Args:
        args: dbt's arguments, such as ["build", "--select", "staging"].
        database: the DuckDB file; no connection to it may be open in this process.
        variables: the project's variables to set.
        cwd: the folder of the dbt project.
    """
    process = start_dbt(args, database, variables, cwd)
    output, _ = process.communicate()
    return CompletedResult(process.returncode == 0, output)


def start_dbt(
    args: Sequence[str], database: Path, variables: Mapping[str, Any] | None = None, cwd: Path = REPO
) -> subprocess.Popen[str]:
    """The same, not waited for: all it prints is in its stdout."""
    beside = database.parent / "dbt"
    beside.mkdir(exist_ok=True)
    shutil.copyfile(cwd / "profiles.yml.example", beside / "profiles.yml")
    command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--no-use-colors", *args]
    command += ["--profiles-dir", str(beside), "--target-path", str(beside / "target"), "--log-path", str(beside)]
    command += ["--vars", json.dumps(dict(variables or {}))]
    environment = {**os.environ, "LEAD_SCORING_DUCKDB": str(database), "LEAD_SCORING_TARGET": "duckdb"}
    return subprocess.Popen(
        command, cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def write_tables(database: Path, tables: Mapping[str, str]) -> None:
    """Create each `schema.table` from a query, with the schemas they need."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, query in tables.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(f"create table {name} as {query}")


def read_rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(query).fetchall()
