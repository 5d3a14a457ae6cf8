"""Puts a simulated world into DuckDB: all of its schemas in one transaction, or none of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore import raw_schema
from leadscore.database import open_database
from leadscore.errors import LeadscoreError

Columns = Mapping[str, Any]
"""Column name -> array of one length (numpy, pandas or Arrow), or one scalar that holds for every row."""

TRUTH = "truth"


class WorldWriter:
    """Fills the raw schemas and `truth` table by table, counting rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        self.connection = connection
        self.catalog = catalog
        self.rows: dict[str, int] = {}

    def schema(self, name: str) -> str:
        """The schema with its catalog: a file called marketo.duckdb has a catalog of the same name."""
        return f"{_quoted(self.catalog)}.{_quoted(name)}"

    def raw(self, source: str, table: str, columns: Columns) -> None:
        """Append rows to a raw table; columns of its schema that are not given stay null."""
        schema = raw_schema.tables()[source, table]
        unknown = sorted(set(columns) - set(schema))
        if unknown:
            raise ValueError(f"{source}.{table} has no column named {', '.join(unknown)} in raw_schema.csv.")
        self._insert(source, table, columns, {name: schema[name] for name in columns})

    def truth(self, table: str, types: Mapping[str, str], columns: Columns) -> None:
        """Create one table of the truth schema with these column types and fill it."""
        self.connection.execute(f"create table {self.schema(TRUTH)}.{_quoted(table)} ({_column_list(types)})")
        self.rows[f"{TRUTH}.{table}"] = 0
        self._insert(TRUTH, table, columns, types)

    def _insert(self, schema: str, table: str, columns: Columns, types: Mapping[str, str]) -> None:
        arrays = {name: _arrow(values) for name, values in columns.items() if not _is_scalar(values)}
        scalars = {name: values for name, values in columns.items() if _is_scalar(values)}
        batch = pa.table(arrays)
        if batch.num_rows == 0:
            return
        chosen = [
            f"cast({'?' if name in scalars else _quoted(name)} as {types[name]}) as {_quoted(name)}" for name in columns
        ]
        self.connection.register("incoming", batch)
        self.connection.execute(
            f"insert into {self.schema(schema)}.{_quoted(table)} by name select {', '.join(chosen)} from incoming",
            [scalars[name] for name in columns if name in scalars],
        )
        self.connection.unregister("incoming")
        self.rows[f"{schema}.{table}"] += batch.num_rows


@contextmanager
def replacing_world(database: Path) -> Iterator[WorldWriter]:
    """Empty raw and truth schemas to fill; what stood there before returns if anything goes wrong on the way.

    Raises LeadscoreError if the file cannot be opened or holds raw tables that were not simulated.
    """
    with open_database(database) as connection:
        connection.execute("set preserve_insertion_order = true")
        (catalog,) = connection.execute("select current_database()").fetchall()[0]
        _refuse_real_data(connection, catalog, database)
        # An open transaction is rolled back when the connection closes.
        connection.execute("begin")
        writer = WorldWriter(connection, catalog)
        for schema in (*raw_schema.SOURCES, TRUTH):
            connection.execute(f"drop schema if exists {writer.schema(schema)} cascade")
            connection.execute(f"create schema {writer.schema(schema)}")
        for (source, table), types in raw_schema.tables().items():
            connection.execute(f"create table {writer.schema(source)}.{_quoted(table)} ({_column_list(types)})")
            writer.rows[f"{source}.{table}"] = 0
        yield writer
        connection.execute("commit")


def _refuse_real_data(connection: duckdb.DuckDBPyConnection, catalog: str, database: Path) -> None:
    """A simulated world has a truth; raw tables with rows and no truth are somebody's own."""
    found = connection.execute(
        """
        select schema_name, table_name from duckdb_tables()
        where database_name = ? and schema_name in (select unnest(?)) and estimated_size > 0
        order by all
        """,
        [catalog, [*raw_schema.SOURCES, TRUTH]],
    ).fetchall()
    if found and TRUTH not in {schema for schema, _ in found}:
        raise LeadscoreError(
            f"{database} holds raw tables that were not simulated ({'.'.join(found[0])} and {len(found) - 1} more): a "
            "simulated world would replace them. Name another file with --database, or drop these schemas first."
        )


def _is_scalar(values: Any) -> bool:
    return values is None or isinstance(values, str | bool | int | float)


def _arrow(values: Any) -> pa.Array | pa.ChunkedArray:
    """One Arrow column; datetime64 other than days counts as UTC instants in microseconds."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    array = values.array if isinstance(values, pd.Series) else values
    if isinstance(array, np.ndarray) and array.dtype.kind == "M":
        is_day = array.dtype == np.dtype("datetime64[D]")
        return pa.array(array, type=pa.date32() if is_day else pa.timestamp("us", tz="UTC"))
    return pa.array(array, from_pandas=True)


def _column_list(types: Mapping[str, str]) -> str:
    return ", ".join(f"{_quoted(name)} {kind}" for name, kind in types.items())


def _quoted(name: str) -> str:
    return f'"{name}"'
