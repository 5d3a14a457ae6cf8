"""A stand-in for a Snowflake account: fakesnow's server on this machine, and dbt with its real Snowflake adapter beside it.

What the stand-in lacks is made up for here, one named function each, and nowhere else: models stay as a live account needs them.
"""

from __future__ import annotations

import ast
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pyarrow as pa
import snowflake.connector
import uvicorn
from account import missing_statements
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.snowflake.impl import SnowflakeAdapter
from dbt.cli.main import dbtRunner
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.server import app, shared_fs
from sqlglot import exp

from leadscore import raw_schema
from leadscore.snowflake import demo
from leadscore.snowflake.connection import Session
from leadscore.snowflake.imports_line import imported_zip
from leadscore.snowflake.library import deploy
from leadscore.snowflake.parts import TYPES

REPO = Path(__file__).resolve().parents[2]
LANDED = TYPES | {"INTEGER": TYPES["BIGINT"]}
"""The types in which a connector lands on Snowflake what is in DuckDB; a decimal keeps its name."""

FLATTEN = """
    create or replace macro {database}._fs_flatten(input) as table
    select
        hash(to_json(input))::ubigint as seq,
        item.name as key,
        coalesce(item.name, '[' || item.place || ']') as path,
        item.place as index,
        item.value as value,
        to_json(input) as this
    from (
        select unnest(
            case json_type(to_json(input))
                when 'OBJECT' then list_transform(
                    json_keys(to_json(input)),
                    lambda name: struct_pack(name := name, place := null::bigint, value := (to_json(input) -> name)::json)
                )
                else list_transform(
                    to_json(input)::json[],
                    lambda value, place: struct_pack(name := null::varchar, place := place - 1, value := value)
                )
            end
        ) as item
    )
"""
"""FLATTEN with the place of each element; the stand-in's own numbers the rows as they come, which a join may shuffle."""


@dataclass(frozen=True)
class CompletedResult:
    """How a dbt run ended, and everything it said."""

    ok: bool
    output: str
    statuses: Mapping[str, str]
    """How each node ended, by its unique_id."""


class StandIn:
    """A database of the stand-in, with dbt's profile for it. Tables of other databases are out of sight."""

    def __init__(self, port: int, home: Path, database: str = "LEAD_SCORING") -> None:
        self.database = database
        self.port = port
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        (home / "profiles.yml").write_text(json.dumps(self._profile()))
        # A connection of fakesnow's own makes the database with its information schema.
        shared_fs.connect(database, "PUBLIC").close()
        with self.duckdb() as connection:
            connection.execute(FLATTEN.format(database=database))

    def _profile(self) -> dict[str, Any]:
        """dbt's profile; YAML reads JSON."""
        output = {
            "type": "snowflake",
            "account": "fakesnow",
            "host": "127.0.0.1",
            "protocol": "http",
            "port": self.port,
            "user": "fake",
            "password": "snow",
            "database": self.database,
            "schema": "analytics",
            "warehouse": "LEAD_SCORING_WH",
            "role": "LEAD_SCORING_TRANSFORMER",
            "threads": 2,
        }
        return {"lead_scoring": {"target": "snowflake", "outputs": {"snowflake": output}}}

    @contextmanager
    def duckdb(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The DuckDB behind the stand-in: for loading and reading without a way through the connector."""
        connection = shared_fs.duck_conn.cursor()
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
        finally:
            connection.close()

    def load(self, world: Path) -> None:
        """Copy the raw tables of a DuckDB world into the schemas in which a connector lands them."""
        account = shared_fs.connect(self.database, "PUBLIC")
        with self.duckdb() as connection:
            connection.execute(f"attach '{world}' as world (read_only)")
            for source, table in raw_schema.tables():
                columns = connection.execute(f'describe world.{source}."{table}"').fetchall()
                declared = ", ".join(f'"{name.upper()}" {LANDED.get(kind, kind)}' for name, kind, *_ in columns)
                place = f'{source.upper()}."{table.upper()}"'
                account.cursor().execute(f"create schema if not exists {source.upper()}")
                account.cursor().execute(f"create or replace table {place} ({declared})")
                connection.execute(f'insert into {self.database}.{place} from world.{source}."{table}"')
            connection.execute("detach world")
        account.close()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session through the connector, as the commands of `leadscore snowflake` have one."""
        arguments = {"account": "fakesnow", "user": "fake", "password": "snow", "host": "127.0.0.1", "protocol": "http"}
        with snowflake.connector.connect(database=self.database, port=self.port, **arguments) as connection:
            yield Session(connection)

    def load_demo(self, world: Path) -> None:
        """Load a simulated world as `leadscore snowflake load-demo` does, by PUT and COPY."""
        with self.session() as session, missing_statements():
            demo.load_demo(session, world, "a world for tests", self.database, progress=False)

    def deploy_library(self) -> None:
        """Put a file of the name that dbt_project.yml imports on the stage; what runs Python models here builds the zip itself."""
        package = self.home / imported_zip(REPO)
        package.touch()
        with self.session() as session:
            deploy(session, self.database, "ANALYTICS", package)

    def run_dbt_snowflake(
        self, args: Sequence[str], variables: Mapping[str, Any] | None = None, project: Path = REPO
    ) -> CompletedResult:
        """Run dbt on the target snowflake in this process.

        Args:
            args: dbt's arguments, such as ["build", "--select", "staging"].
            variables: the project's variables to set.
            project: the folder of the dbt project.
        """
        said: list[str] = []
        flags = ["--project-dir", project, "--profiles-dir", self.home, "--target-path", self.home / "target"]
        flags += ["--log-path", self.home, "--log-level", "none", "--no-use-colors"]
        flags += ["--vars", json.dumps(dict(variables or {}))]
        runner = dbtRunner(
            callbacks=[lambda event: said.append(event.info.msg) if event.info.level != "debug" else None]
        )
        with self._python_models(), taught():
            result = runner.invoke([*args, *map(str, flags)])
        if result.exception:
            said.append(str(result.exception))
        results = getattr(result.result, "results", [])
        statuses = {each.node.unique_id: str(each.status) for each in results if hasattr(each, "node")}
        return CompletedResult(result.success, "\n".join(said), statuses)

    def tables(self) -> dict[str, str]:
        """The schema of every table and view that dbt made, by name, in lower case."""
        query = """select lower(table_name), lower(table_schema) from information_schema.tables
            where table_catalog = ? and table_schema ilike 'analytics%'"""
        with self.duckdb() as connection:
            return dict(connection.execute(query, [self.database]).fetchall())

    def read(self, name: str) -> pa.Table:
        """A table of the stand-in: `schema.table` or a query's text; column names in lower case."""
        with self.duckdb() as connection:
            connection.execute(f"use {self.database}.public")
            found = connection.sql(f"from {name}").to_arrow_table()
        return found.rename_columns([column.lower() for column in found.column_names])

    @contextmanager
    def _python_models(self) -> Iterator[None]:
        """The stand-in has no stored procedures: a Python model's compiled file is run here, on the tables it refers to."""
        from snowpark_runner import run_python_model

        lock = threading.Lock()

        def submit_python_job(adapter: SnowflakeAdapter, model: dict[str, Any], code: str) -> AdapterResponse:
            with lock:
                file = self.home / "python_models" / f"{model['name']}.py"
                file.parent.mkdir(exist_ok=True)
                file.write_text(code)
                result = run_python_model(file, {name: self.read(place) for name, place in references(code).items()})
                self.write(f"{model['schema']}.{model['alias']}", result)
            return AdapterResponse(_message="SUCCESS")

        with mock.patch.object(SnowflakeAdapter, "submit_python_job", submit_python_job):
            yield

    def write(self, place: str, table: pa.Table) -> None:
        """Write a table as Snowflake would keep it: names in upper case, lists as ARRAY, which is JSON in the stand-in."""
        columns = ", ".join(
            f'{"to_json" if pa.types.is_list(field.type) else ""}("{field.name}") as "{field.name.upper()}"'
            for field in table.schema
        )
        with self.duckdb() as connection:
            connection.register("result", table)
            connection.execute(
                f"create or replace table {self.database}.{place.upper()} as select {columns} from result"
            )


def hexadecimal_numbers(node: exp.Expression) -> exp.Expression:
    """The stand-in knows TO_NUMBER without a format only: hexadecimal digits are read as DuckDB reads them."""
    if isinstance(node, exp.ToNumber) and set(node.text("format")) == {"X"}:
        return exp.cast(exp.DPipe(this=exp.Literal.string("0x"), expression=node.this), "bigint")
    return node


def texts_of_arrays(node: exp.Expression) -> exp.Expression:
    """The stand-in leaves quotes around a text that GET takes from an array; Snowflake's cast to text takes them off."""
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.GetExtract) and node.to.is_type("varchar"):
        return exp.paren(exp.JSONExtractScalar(this=node.this.this, expression=node.this.expression))
    return node


def whole_likeness(node: exp.Expression) -> exp.Expression:
    """Snowflake cuts a likeness to whole percent (56.5 is 56 in its reference), the stand-in rounds it."""
    if isinstance(node, exp.JarowinklerSimilarity):
        likeness = exp.Anonymous(this="jaro_winkler_similarity", expressions=[node.this, node.expression])
        return exp.cast(exp.Floor(this=exp.Mul(this=exp.Literal.number(100), expression=likeness)), "int")
    return node


def temporary_tables(node: exp.Expression) -> exp.Expression:
    """The stand-in has no temporary tables beside others; dbt drops those it makes, so they may be plain ones here."""
    if isinstance(node, exp.TemporaryProperty):
        return exp.TransientProperty()
    return node


@contextmanager
def taught() -> Iterator[None]:
    """What the stand-in does not know of Snowflake's SQL is put in other words before it reads a statement."""
    known = FakeSnowflakeCursor._transform

    def transform(cursor: FakeSnowflakeCursor, statement: exp.Expression, parameters: Any) -> exp.Expression:
        rewritten = statement.transform(
            lambda node: temporary_tables(texts_of_arrays(hexadecimal_numbers(whole_likeness(node))))
        )
        return known(cursor, rewritten, parameters)

    with mock.patch.object(FakeSnowflakeCursor, "_transform", transform):
        yield


def references(code: str) -> dict[str, str]:
    """The relations a compiled Python model refers to, `name -> place`, as dbt wrote them into its function `ref`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and node.name == "ref":
            return {name: re.sub('"', "", place) for name, place in ast.literal_eval(node.body[0].value).items()}
    return {}


@contextmanager
def server() -> Iterator[int]:
    """The stand-in's server on a free port of this machine, as long as the context lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    logging.getLogger("fakesnow.server").setLevel(logging.CRITICAL)
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "The stand-in's server did not start."
        time.sleep(0.05)
    try:
        yield port
    finally:
        running.should_exit = True
        thread.join()
