"""Queries of a built warehouse that name a table by its name alone, whatever schema it is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb


@dataclass(frozen=True)
class Queries:
    """Runs queries in which {table} stands for a table's qualified name."""

    connection: duckdb.DuckDBPyConnection
    homes: dict[str, str]

    def has(self, *tables: str) -> bool:
        """Whether all of these tables are there."""
        return all(table in self.homes for table in tables)

    def rows(self, query: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(query.format(**self.homes), parameters or []).fetchall()

    def arrays(self, query: str) -> dict[str, Any]:
        """A query's columns as arrays by their names."""
        return self.connection.execute(query.format(**self.homes)).fetchnumpy()


def homes(connection: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> dict[str, str]:
    """Each table's qualified name by its name, if it is there: names are unique across the schemas that dbt makes."""
    found = connection.execute(
        """
        select table_name, min(table_schema) from information_schema.tables
        where table_catalog = current_database() and list_contains(?, table_name)
        group by table_name
        """,
        [list(tables)],
    ).fetchall()
    return {table: '"{}"."{}"'.format(schema.replace('"', '""'), table) for table, schema in found}
