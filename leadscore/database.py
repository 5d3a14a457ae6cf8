"""Opening the DuckDB file, with messages for people instead of the engine's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from leadscore.errors import LeadscoreError


@contextmanager
def open_database(database: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in UTC, writing or read only, closed at the end; a transaction still open then is rolled back.

    Memory and threads follow LEAD_SCORING_MEMORY_LIMIT and LEAD_SCORING_THREADS, as in the dbt profile.
    Raises LeadscoreError if the folder is missing, a file to read is, the file is locked or no database, or DuckDB
    fails on the way.
    """
    if not database.parent.is_dir():
        raise LeadscoreError(
            f"The folder {database.parent} for the database {database.name} does not exist: "
            "create it, or name another file with --database or LEAD_SCORING_DUCKDB."
        )
    if read_only and not database.is_file():
        raise LeadscoreError(
            f"There is no database {database}: run `dbt build` first, or name the file with --database or "
            "LEAD_SCORING_DUCKDB."
        )
    settings = {"memory_limit": "LEAD_SCORING_MEMORY_LIMIT", "threads": "LEAD_SCORING_THREADS"}
    try:
        connection = duckdb.connect(
            str(database),
            read_only=read_only,
            config={name: os.environ[variable] for name, variable in settings.items() if os.environ.get(variable)},
        )
    except duckdb.Error as error:
        raise LeadscoreError(_why_closed(database, str(error))) from error
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        if connection.execute("select 1 from duckdb_databases() where path is not null").fetchall() == []:
            # DuckDB opens data files as views in memory, where all that is written would be lost.
            raise LeadscoreError(
                f"{database} is no DuckDB file: name one, or a new one, with --database or LEAD_SCORING_DUCKDB."
            )
        yield connection
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        if read_only:
            raise LeadscoreError(
                f"Reading {database} failed; was it built by another version? Run `dbt build` again. "
                f"DuckDB says: {reason}"
            ) from error
        raise LeadscoreError(f"Writing to {database} failed, and it is as it was before: {reason}") from error
    finally:
        connection.close()


def _why_closed(database: Path, message: str) -> str:
    if "Could not set lock" in message:
        holder = re.search(r"PID (\d+)", message)
        who = f" (process {holder.group(1)})" if holder else ""
        return f"The database {database} is in use by another program{who}: close it, then run this again."
    return (
        f"The database {database} cannot be opened: name a DuckDB file, or a new one, with --database or "
        f"LEAD_SCORING_DUCKDB. DuckDB says: {message.splitlines()[0]}"
    )
