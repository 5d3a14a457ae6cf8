"""Small worlds to build, and what tells two built tables apart."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from leadscore.simulate import simulate

END = date(2025, 7, 1)
"""The first day after the history of every simulated world."""
VARIABLES = {"as_of": str(END), "training_threads": 1}
"""A run at the end of the history, with one thread to train because two tests may run beside each other."""
FEATURES = ["build", "--select", "+feat_leads", "--exclude-resource-type", "test", "unit_test", "--no-write-json"]
"""dbt's arguments for everything up to the features."""
MODELS = ["build", "--exclude-resource-type", "test", "unit_test", "--no-write-json"]
"""dbt's arguments for everything but the tests."""
TESTED = ["build", "--exclude-resource-type", "unit_test", "--no-write-json"]
"""dbt's arguments for everything but the tests that have data of their own."""


def simulated(home: Path, leads: int, months: int = 18, seed: int = 11, drift: str = "ai_switch") -> Path:
    """A raw world in a folder of its own."""
    home.mkdir()
    simulate(home / "world.duckdb", leads=leads, months=months, seed=seed, end=END, progress=False, drift=drift)
    return home / "world.duckdb"


def copied(database: Path, home: Path) -> Path:
    """The same database in another folder."""
    home.mkdir()
    return Path(shutil.copyfile(database, home / "world.duckdb"))


def connect(database: Path, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """A connection in UTC."""
    connection = duckdb.connect(str(database), read_only=read_only)
    connection.execute("set TimeZone = 'UTC'")
    return connection


def built_tables(database: Path) -> list[str]:
    """Every table and view that dbt made, with its schema."""
    with connect(database) as connection:
        found = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables where table_schema like 'analytics%'"
        )
        return sorted(name for (name,) in found.fetchall())


def column_digests(database: Path, tables: Iterable[str]) -> dict[str, str]:
    """A digest of the values of every column, `schema.table.column`, with the rows in the order of all their columns.

    Equal digests mean equal rows: DuckDB writes a number as text with all the digits it has.
    """
    digests = {}
    with connect(database) as connection:
        # One thread, so that texts are joined in the order of the rows.
        connection.execute("set threads = 1")
        for table in tables:
            columns = [name for name, *_ in connection.execute(f"describe {table}").fetchall()]
            texts = ", ".join(f"""md5(string_agg(coalesce("{name}"::varchar, '∅'), '|'))""" for name in columns)
            row = connection.execute(f"select {texts} from (select * from {table} order by all)").fetchone()
            digests |= {f"{table}.{name}": digest for name, digest in zip(columns, row or (), strict=True)}
    return digests


def differing(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """The names under which two sets of digests differ."""
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
