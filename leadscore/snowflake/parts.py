"""A DuckDB table as Parquet files of bounded size, in Snowflake's types and upper-case names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from leadscore.errors import LeadscoreError

PART_ROWS = 1_000_000

TYPES = {
    "BIGINT": "number(38, 0)",
    "DOUBLE": "float",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "VARCHAR": "varchar",
    "TIMESTAMP WITH TIME ZONE": "timestamp_tz",
    "TIMESTAMP": "timestamp_ntz",
}
"""The types in which a connector lands a column, by DuckDB's type."""


@dataclass(frozen=True)
class Table:
    """A table of the world, under the names it has in the DuckDB file."""

    schema: str
    name: str
    columns: dict[str, str]
    """Column -> Snowflake's type."""
    rows: int

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def declaration(self) -> str:
        """The list of columns as CREATE TABLE takes it."""
        return ", ".join(f'"{name.upper()}" {kind}' for name, kind in self.columns.items())


def tables_of(connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]) -> list[Table]:
    """The tables of these schemas, in order of schema and name; LeadscoreError for a type without a counterpart."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for schema, name, column, kind in connection.execute(
        """
        select schema_name, table_name, column_name, data_type from duckdb_columns()
        where database_name = current_database() and schema_name in (select unnest(?))
        order by list_position(?, schema_name), table_name, column_index
        """,
        [list(schemas), list(schemas)],
    ).fetchall():
        if kind not in TYPES:
            raise LeadscoreError(
                f"{schema}.{name}.{column} is of type {kind}, which is not loaded: cast it to text first."
            )
        found.setdefault((schema, name), {})[column] = TYPES[kind]
    return [
        Table(schema, name, columns, _count(connection, f'"{schema}"."{name}"'))
        for (schema, name), columns in found.items()
    ]


def write_parts(
    connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, rows: int = PART_ROWS
) -> Iterator[tuple[Path, int]]:
    """One Parquet file after the other, with its number of rows; a file is gone when the next one is asked for."""
    chosen = ", ".join(f'"{name}" as "{name.upper()}"' for name in table.columns)
    for number, start in enumerate(range(0, table.rows, rows)):
        file = folder / f"part_{number:05}.parquet"
        written = connection.execute(
            f"""
            copy (
                select {chosen} from "{table.schema}"."{table.name}" where rowid >= {start} and rowid < {start + rows}
            ) to '{file}' (format parquet, compression zstd)
            """
        ).fetchall()[0][0]
        yield file, written
        file.unlink()


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(connection.execute(f"select count(*) from {relation}").fetchall()[0][0])
