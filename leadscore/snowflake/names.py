"""Names and texts in statements: a name is checked and put in quotes, a text is escaped, so nothing else gets through."""

from __future__ import annotations

import re

from leadscore.errors import LeadscoreError


def plain(name: str, what: str) -> str:
    """The name in upper case, as Snowflake reads it without quotes, which is how dbt writes it.

    Raises LeadscoreError for a name that would need quotes; `what` says whose name it is.
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,254}", name):
        raise LeadscoreError(
            f"{what} is {name[:60]!r}, but must be a plain name: letters, digits and underscores, not a digit first."
        )
    return name.upper()


def quoted(*parts: str) -> str:
    """Names that `plain` gave, as one qualified identifier."""
    return ".".join(f'"{plain(part, "A part of a name")}"' for part in parts)


def stage(*parts: str) -> str:
    """The stage of these qualified names; `%NAME` is the stage that belongs to a table."""
    return "@" + ".".join(
        "%" + plain(part[1:], "A table") if part.startswith("%") else plain(part, "A part of a name") for part in parts
    )


def text(value: str) -> str:
    """A text literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
