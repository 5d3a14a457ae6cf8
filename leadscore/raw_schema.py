"""The raw tables as the connector lands them: their names, columns and types, read from raw_schema.csv."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

SOURCES = ("marketo", "salesforce", "bombora", "g2")


@cache
def tables() -> dict[tuple[str, str], dict[str, str]]:
    """Columns and their types, in order, of every raw table.

    Returns {(source, table): {column: type}} with DuckDB's type names: BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMPTZ and
    VARCHAR. The mapping is shared between callers: read it, do not change it.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    with files("leadscore").joinpath("raw_schema.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault((row["source"], row["table"]), {})[row["column"]] = row["type"]
    return found
