"""The script that makes the project's place in an account: four roles, and for each no more than it needs.

Nobody is given everything, and nothing changes its owner. What is read by people and tools is granted table by table:
beside the public tables of a schema lie others that are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leadscore.errors import LeadscoreError
from leadscore.snowflake import account
from leadscore.snowflake.names import plain, quoted, text
from leadscore.snowflake.project import Project

MAKES_TABLES = ("create table", "create view")
MAKES_WORK = ("create table", "create stage", "create function", "create file format")
"""In the profile's own schema: the library's stage, and what a Python model needs while it runs. Its procedure is
anonymous, which asks for no right."""


@dataclass(frozen=True)
class Names:
    """Whom and what the script is about."""

    loader: str = account.LOADER
    transformer: str = account.TRANSFORMER
    reader: str = account.READER
    crm_sync: str = account.CRM_SYNC
    warehouse: str = account.WAREHOUSE
    large_warehouse: str | None = None
    """For the layers that grow with the touches, if there is one beside the other."""
    memory_warehouse: str | None = None
    """For the Python models that are one process, if there is one beside the others."""
    database: str = account.DATABASE
    raw_database: str = account.DATABASE
    schema: str = account.SCHEMA
    user: str | None = None
    """A user to make, with the roles of loader and transformer."""
    public_key: str | None = None
    """The user's public key, as PEM."""


def account_script(project: Project, names: Names, raw_exists: bool = False) -> str:
    """What an administrator runs once, before the first build: roles, places, and what each role may do in them.

    Args:
        project: its facts, read with the same schema.
        names: all of them plain names.
        raw_exists: whether the raw tables are there already; otherwise those to come are enough.

    Raises LeadscoreError for a name that would need quotes, or a public key that is none.
    """
    statements = [
        "use role USERADMIN",
        *_make_roles(names),
        *_make_user(names),
        "use role SYSADMIN",
        *_make_places(project, names),
        "use role SECURITYADMIN",
        *_for_everybody(names),
        *_for_the_loader(project, names),
        *_for_the_transformer(project, names, raw_exists),
        *_for_readers(names.reader, project.read, project, names),
        *_for_readers(names.crm_sync, project.synced, project, names),
    ]
    return _script("Before the first build, by an administrator.", statements)


def tables_script(project: Project, names: Names) -> str:
    """SELECT on each public table that stands: for a build that ran without the roles' names in its environment."""
    return _script(
        "After a build, by the role that built it.",
        [
            f"grant select on {project.relations[name].kind} {_place(project, names, name)} to role {quoted(role)}"
            for role, public in ((names.reader, project.read), (names.crm_sync, project.synced))
            for name in sorted(public)
        ],
    )


def _make_roles(names: Names) -> Iterator[str]:
    meanings = {
        names.loader: "Makes and fills the raw tables of lead scoring",
        names.transformer: "Builds lead scoring from the raw tables",
        names.reader: "Reads what lead scoring publishes",
        names.crm_sync: "Reads the scores that go to the CRM",
    }
    if len(meanings) < 4:
        raise LeadscoreError("The four roles need four different names.")
    for role, meaning in meanings.items():
        yield f"create role if not exists {quoted(role)} comment = {text(meaning)}"
        # So that what a role makes stays in the hands of those who administer the account.
        yield f"grant role {quoted(role)} to role SYSADMIN"


def _make_user(names: Names) -> Iterator[str]:
    if names.user is None:
        return
    yield (
        f"create user if not exists {quoted(names.user)} type = service default_role = {quoted(names.transformer)} "
        f"default_warehouse = {quoted(names.warehouse)}"
    )
    if names.public_key is not None:
        yield f"alter user {quoted(names.user)} set rsa_public_key = {text(_key_body(names.public_key))}"
    for role in (names.loader, names.transformer):
        yield f"grant role {quoted(role)} to user {quoted(names.user)}"


def _key_body(pem: str) -> str:
    found = re.fullmatch(r"\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*", pem)
    if not found:
        raise LeadscoreError(
            "The public key is no PEM file that begins with BEGIN PUBLIC KEY: make it with "
            "`openssl rsa -in rsa_key.p8 -pubout -out rsa_key.pub`."
        )
    return "".join(found.group(1).split())


def _make_places(project: Project, names: Names) -> Iterator[str]:
    for name, size in (
        (names.warehouse, "warehouse_size = 'XSMALL'"),
        (names.large_warehouse, "warehouse_size = 'MEDIUM'"),
        (names.memory_warehouse, "warehouse_type = 'SNOWPARK-OPTIMIZED' warehouse_size = 'MEDIUM'"),
    ):
        if name is not None:
            yield (
                f"create warehouse if not exists {quoted(name)} {size} auto_suspend = 60 auto_resume = true "
                "initially_suspended = true"
            )
    for database in dict.fromkeys((names.database, names.raw_database)):
        yield f"create database if not exists {quoted(database)}"
    for schema in (*project.raw_schemas, "truth"):
        yield f"create schema if not exists {quoted(names.raw_database, schema)}"
    for schema in dict.fromkeys((names.schema, *project.schemas)):
        yield f"create schema if not exists {quoted(names.database, schema)}"


def _for_everybody(names: Names) -> Iterator[str]:
    for role in (names.loader, names.transformer, names.reader, names.crm_sync):
        yield f"grant usage on warehouse {quoted(names.warehouse)} to role {quoted(role)}"
        database = names.raw_database if role == names.loader else names.database
        yield f"grant usage on database {quoted(database)} to role {quoted(role)}"


def _for_the_loader(project: Project, names: Names) -> Iterator[str]:
    """It makes tables in the raw schemas and owns what it makes. It sees nothing else."""
    for schema in (*project.raw_schemas, "truth"):
        for privilege in ("usage", "create table"):
            yield _on_schema(privilege, names.raw_database, schema, names.loader)


def _for_the_transformer(project: Project, names: Names, raw_exists: bool) -> Iterator[str]:
    """It reads the raw tables, makes the project's, and owns what it makes."""
    for warehouse in (names.large_warehouse, names.memory_warehouse):
        if warehouse is not None:
            yield f"grant usage on warehouse {quoted(warehouse)} to role {quoted(names.transformer)}"
    if names.raw_database != names.database:
        yield f"grant usage on database {quoted(names.raw_database)} to role {quoted(names.transformer)}"
    for schema in project.raw_schemas:
        yield _on_schema("usage", names.raw_database, schema, names.transformer)
        for which in ("all", "future") if raw_exists else ("future",):
            place = quoted(names.raw_database, schema)
            yield f"grant select on {which} tables in schema {place} to role {quoted(names.transformer)}"
    for schema in project.schemas:
        for privilege in ("usage", *MAKES_TABLES):
            yield _on_schema(privilege, names.database, schema, names.transformer)
    for privilege in ("usage", *MAKES_WORK):
        yield _on_schema(privilege, names.database, names.schema, names.transformer)


def _for_readers(role: str, public: Iterable[str], project: Project, names: Names) -> Iterator[str]:
    """The way to the schemas of its tables; SELECT comes with each build, on these tables alone."""
    for schema in sorted({project.relations[name].schema for name in public}):
        yield _on_schema("usage", names.database, schema, role)


def _on_schema(privilege: str, database: str, schema: str, role: str) -> str:
    return f"grant {privilege} on schema {quoted(database, schema)} to role {quoted(role)}"


def _place(project: Project, names: Names, name: str) -> str:
    return quoted(names.database, project.relations[name].schema, name)


def _script(title: str, statements: Iterable[str]) -> str:
    return "\n".join([f"-- {title}", *(f"{statement};" for statement in dict.fromkeys(statements))])


def checked(names: Names) -> Names:
    """The names in upper case; LeadscoreError for one that would need quotes."""
    return Names(
        **{
            field: value if value is None or field == "public_key" else plain(value, f"The name for {field}")
            for field, value in vars(names).items()
        }
    )
