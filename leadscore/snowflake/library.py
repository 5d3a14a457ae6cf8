"""The library on its stage: a zip named by the hash of its content, put there once and taken away again.

Several versions may lie there side by side: each build names the one it imports.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from leadscore.snowflake.connection import Session
from leadscore.snowflake.imports_line import ZIP
from leadscore.snowflake.names import plain, quoted, stage, text

STAGE = "LIBRARY"


def deploy(session: Session, database: str, schema: str, package: Path) -> list[str]:
    """Put the zip on the stage, with schema and stage made if absent; says what was done, a sentence each.

    Raises LeadscoreError if Snowflake refuses a step. What is there already is left as it is.
    """
    said = []
    if not has_schema(session, database, schema):
        session.run(f"create schema {quoted(database, schema)}")
        said.append(f"Made the schema {database}.{schema}.")
    if not _has_stage(session, database, schema):
        session.run(
            f"create stage {quoted(database, schema, STAGE)} comment = {text('The library that Python models import')}"
        )
        said.append(f"Made the stage {database}.{schema}.{STAGE}.")
    if package.name in zips(session, database, schema):
        return [*said, f"{package.name} is on the stage {database}.{schema}.{STAGE} already: its content is its name."]
    place = stage(database, schema, STAGE)
    session.run(f"put {text(f'file://{package}')} {place} auto_compress = false overwrite = false")
    return [*said, f"Put {package.name} on the stage {database}.{schema}.{STAGE}."]


def undeploy(session: Session, database: str, schema: str, keep: str | None = None) -> list[str]:
    """Remove the library's zips from the stage, all but `keep`; says what was removed, a sentence each."""
    place = f"{database}.{schema}.{STAGE}"
    if not has_schema(session, database, schema) or not _has_stage(session, database, schema):
        return [f"There is no stage {place}: nothing to remove."]
    there = zips(session, database, schema)
    gone = [name for name in there if name != keep]
    for name in gone:
        session.run(f"remove {stage(database, schema, STAGE)}/{name}")
    said = [f"Removed {name} from the stage {place}." for name in gone] or [
        f"Nothing to remove from the stage {place}."
    ]
    return [*said, f"Kept {keep}."] if keep in there else said


def zips(session: Session, database: str, schema: str) -> Sequence[str]:
    """The names of the library's zips on the stage, sorted; other files are none of ours."""
    listed = session.run(f"list {stage(database, schema, STAGE)}")
    # A file is named by its stage and its path there.
    names = [str(row[0]).partition("/")[2] for row in listed]
    return sorted(name for name in names if ZIP.fullmatch(name))


def has_schema(session: Session, database: str, schema: str) -> bool:
    """Whether the schema is there. CREATE ... IF NOT EXISTS would ask for the right to make it even if it is."""
    query = f"select schema_name from {quoted(database)}.information_schema.schemata where schema_name = {text(schema)}"
    return bool(session.run(query))


def _has_stage(session: Session, database: str, schema: str) -> bool:
    return bool(session.run(f"show stages like {text(plain(STAGE, 'The stage'))} in schema {quoted(database, schema)}"))
