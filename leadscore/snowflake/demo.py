"""The simulated world in the account, as a connector would land it.

Every table is loaded beside the one that stands there, counted, and swapped in when all are loaded. So a loader that
dies leaves the former world; run again, it goes on where it stopped. A table's comment says whose it is.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from tqdm import tqdm

from leadscore.errors import LeadscoreError
from leadscore.snowflake.connection import Session
from leadscore.snowflake.library import has_schema
from leadscore.snowflake.names import quoted, stage, text
from leadscore.snowflake.parts import PART_ROWS, Table, tables_of, write_parts

MARK = "Simulated by leadscore"
SCHEMAS = ("marketo", "salesforce", "bombora", "g2", "truth")
LOADING = "__LOADING"


@dataclass(frozen=True)
class Landed:
    """A table of the account: its comment and its number of rows."""

    comment: str
    rows: int | None


@dataclass(frozen=True)
class Loaded:
    """What a load did: rows of every table of the world, and which of them were there already."""

    rows: Mapping[str, int]
    kept: tuple[str, ...]


def load_demo(
    session: Session,
    world: Path,
    label: str,
    database: str,
    replace: bool = False,
    progress: bool = True,
    part_rows: int = PART_ROWS,
) -> Loaded:
    """Load the tables of a simulated world into the account's raw schemas.

    Args:
        session: of a role that may create tables in these schemas, and the schemas if they are absent.
        world: the DuckDB file.
        label: names the world; the same label with the same number of rows is taken to be the same table.
        database: the account's database.
        replace: whether tables that this command did not make may be replaced.
        part_rows: rows per Parquet file, which bounds memory and disk.

    Raises LeadscoreError if a schema holds tables of others, Snowflake refuses a step, or the rows that arrived are not
    those that were sent.
    """
    mark = f"{MARK}: {label}"
    with duckdb.connect(str(world), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        tables = tables_of(connection, SCHEMAS)
        there = landed(session, database, SCHEMAS)
        if not replace:
            _refuse_tables_of_others(there, database)
        for schema in dict.fromkeys(table.schema for table in tables):
            if not has_schema(session, database, schema.upper()):
                session.run(f"create schema {quoted(database, schema)}")
        kept = [table for table in tables if there.get(_key(table)) == Landed(mark, table.rows)]
        fresh = [table for table in tables if table not in kept]
        with tqdm(total=sum(table.rows for table in tables), disable=not progress, file=sys.stderr, unit="row") as bar:
            bar.update(sum(table.rows for table in kept))
            for table in fresh:
                bar.set_description(str(table)[:44].ljust(44))
                if there.get(_key(table, LOADING)) == Landed(mark, table.rows):
                    bar.update(table.rows)
                else:
                    _load(session, connection, table, database, mark, part_rows, bar)
    _swap(session, fresh, database, mark)
    _drop_leftovers(session, tables, database)
    return Loaded({str(table): table.rows for table in tables}, tuple(map(str, kept)))


def landed(session: Session, database: str, schemas: Iterable[str]) -> dict[tuple[str, str], Landed]:
    """Every table and view of these schemas, by schema and name in upper case."""
    names = ", ".join(text(schema.upper()) for schema in schemas)
    rows = session.run(
        f"""
        select table_schema, table_name, comment, row_count from {quoted(database)}.information_schema.tables
        where table_schema in ({names})
        """
    )
    return {(schema, name): Landed(comment or "", rows) for schema, name, comment, rows in rows}


def _refuse_tables_of_others(there: Mapping[tuple[str, str], Landed], database: str) -> None:
    others = sorted(key for key, table in there.items() if not table.comment.startswith(MARK))
    if others:
        raise LeadscoreError(
            f"{database} holds tables that were not simulated ({'.'.join(others[0])} and {len(others) - 1} more in the "
            "raw schemas): name another database in SNOWFLAKE_DATABASE, or replace them with --replace."
        )


def _load(
    session: Session,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    database: str,
    mark: str,
    part_rows: int,
    bar: tqdm,
) -> None:
    """Load one table under its loading name; its comment becomes the mark once all of its rows are there."""
    schema, name = _key(table, LOADING)
    target, files = quoted(database, schema, name), stage(database, schema, f"%{name}")
    # The table's own stage goes with the table, and so do the files of a loader that died.
    session.run(f"create or replace transient table {target} ({table.declaration}) comment = {text(MARK)}")
    with tempfile.TemporaryDirectory() as folder:
        for file, rows in write_parts(connection, table, Path(folder), part_rows):
            session.run(f"put {text(f'file://{file}')} {files} auto_compress = false overwrite = true")
            bar.update(rows)
    if table.rows:
        session.run(
            f"copy into {target} from {files} file_format = (type = parquet use_logical_type = true) "
            "match_by_column_name = case_insensitive on_error = abort_statement force = true purge = true"
        )
    ((arrived,),) = session.run(f"select count(*) from {target}")
    if arrived != table.rows:
        raise LeadscoreError(
            f"{arrived:,} of {table.rows:,} rows of {table} arrived in {database}; the former table stands. Run this again."
        )
    session.run(f"comment on table {target} is {text(mark)}")


def _swap(session: Session, tables: Iterable[Table], database: str, mark: str) -> None:
    """Give the loaded tables their names, each at once; what stood there before is dropped."""
    for table in tables:
        target, loaded = quoted(database, *_key(table)), quoted(database, *_key(table, LOADING))
        session.run(f"create transient table if not exists {target} ({table.declaration}) comment = {text(MARK)}")
        # A comment may stay with the name or go with the content: until it is set anew, neither table says it is whole.
        session.run(f"comment on table {loaded} is {text(MARK)}")
        session.run(f"alter table {target} swap with {loaded}")
        session.run(f"comment on table {target} is {text(mark)}")
        session.run(f"drop table {loaded}")


def _drop_leftovers(session: Session, tables: Iterable[Table], database: str) -> None:
    """Drop the loading tables of a loader that died between two of the steps above."""
    ours = {_key(table, LOADING) for table in tables}
    for key in sorted(ours & set(landed(session, database, SCHEMAS))):
        session.run(f"drop table {quoted(database, *key)}")


def _key(table: Table, suffix: str = "") -> tuple[str, str]:
    return table.schema.upper(), table.name.upper() + suffix
