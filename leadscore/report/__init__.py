"""A built warehouse as one HTML file: who scores how, whether that can be trusted, and what it rests on."""

from __future__ import annotations

from pathlib import Path

from leadscore.database import open_database
from leadscore.errors import LeadscoreError
from leadscore.report.facts import read_facts
from leadscore.report.page import page

__all__ = ["report", "write_report"]


def report(database: Path) -> str:
    """The report of a DuckDB file as an HTML document; the same tables give the same bytes.

    Raises LeadscoreError if the file or one of the tables it reads is missing.
    """
    with open_database(database, read_only=True) as connection:
        facts = read_facts(connection, str(database))
    return page(facts)


def write_report(database: Path, output: Path) -> int:
    """Write the report to a file and give its size in bytes; the file is whole or as it was.

    Raises LeadscoreError as `report` does, and if the file cannot be written.
    """
    document = report(database).encode()
    if output.is_dir() or not output.parent.is_dir():
        raise LeadscoreError(
            f"The report cannot be written to {output}: name a file in a folder that exists with --output."
        )
    beside = output.with_name(output.name + ".part")
    try:
        beside.write_bytes(document)
        beside.replace(output)
    except OSError as error:
        raise LeadscoreError(
            f"The report cannot be written to {output}: {error.strerror}. Name another file with --output."
        ) from error
    return len(document)
