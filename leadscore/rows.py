"""Rows per table, as commands print them."""

from __future__ import annotations

from collections.abc import Mapping


def rows_table(rows: Mapping[str, int]) -> str:
    """Rows per table, one line each, with their sum."""
    width = max(map(len, [*rows, "table"]))
    lines = [f"{'table':<{width}} {'rows':>12}", *(f"{table:<{width}} {number:>12,}" for table, number in rows.items())]
    return "\n".join([*lines, f"{'':<{width}} {sum(rows.values()):>12,}"])
