"""The commands of `leadscore snowflake` against the stand-in, through the real connector."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import account
import duckdb
import pyarrow as pa
import pytest
import snowpark_runner
from dbt.cli.main import dbtRunner, dbtRunnerResult
from fakesnow.server import shared_fs
from fakesnow.transforms import stage
from stand_in import REPO, CompletedResult, StandIn

from leadscore.cli import main
from leadscore.errors import LeadscoreError
from leadscore.library_package import build_package
from leadscore.snowflake import demo
from leadscore.snowflake.account import account_of
from leadscore.snowflake.connection import Session, connected
from leadscore.snowflake.imports_line import imported_zip
from leadscore.snowflake.library import deploy, undeploy, zips
from leadscore.snowflake.project import project_of

WORLD = ["--leads", "120", "--months", "4", "--seed", "1"]


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return account.write_key(tmp_path_factory.mktemp("key") / "rsa_key.p8")


@pytest.fixture
def database(request: pytest.FixtureRequest, port: int, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database of its own for each test, named by the environment."""
    name = f"ACCOUNT_{request.node.originalname.upper()}"
    for variable, value in account.environment(port, name, key_file).items():
        monkeypatch.setenv(variable, value)
    return name


@pytest.fixture
def session(database: str) -> Iterator[Session]:
    with account.missing_statements(), connected(account_of(os.environ)) as session:
        yield session


@pytest.fixture
def statements(database: str) -> Iterator[list[str]]:
    """The statements that reach the account."""
    with account.missing_statements() as statements:
        yield statements


def landed(database: str) -> dict[tuple[str, str], demo.Landed]:
    """The raw tables of the account."""
    with connected(account_of(os.environ)) as session:
        return demo.landed(session, database, demo.SCHEMAS)


def test_the_world_arrives_as_it_was_simulated_and_only_once(
    database: str, statements: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "world.duckdb"
    assert main(["snowflake", "load-demo", *WORLD, "--database-file", str(file)]) == 0
    printed = capsys.readouterr()
    assert "marketo.lead" in printed.out
    assert f"Loaded into {database}: 120 leads" in printed.out
    assert "salesforce.lead" in printed.err, "no progress was shown"
    # Read behind the connector's back: through it, the stand-in gives a null instant as 1970.
    with shared_fs.duck_conn.cursor() as account_side:
        account_side.execute("set TimeZone = 'UTC'")
        account_side.execute(f"attach '{file}' as world (read_only)")
        tables = account_side.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'world'"
        ).fetchall()
        for schema, table in tables:
            sent, arrived = f'world."{schema}"."{table}"', f'{database}."{schema.upper()}"."{table.upper()}"'
            for one, other in ((sent, arrived), (arrived, sent)):
                differing = account_side.execute(f"from {one} except all from {other}").fetchall()
                assert not differing, f"{one} has rows that {other} has not"
            assert types_of(account_side, sent) == types_of(account_side, arrived)
        account_side.execute("detach world")
    assert len(tables) == len(landed(database))
    assert not [name for _, name in landed(database) if name.endswith(demo.LOADING)]
    done = copies(statements)
    assert main(["snowflake", "load-demo", *WORLD]) == 0
    assert copies(statements) == done
    assert f"{len(tables)} of {len(tables)} tables were there already" in capsys.readouterr().out


def types_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column -> type; the stand-in keeps whole numbers as decimals without places, which is what Snowflake has."""
    found = connection.execute(f"describe {table}").fetchall()
    return {name.lower(): kind.replace("DECIMAL(38,0)", "BIGINT") for name, kind, *_ in found}


TABLES = {"marketo": 250, "g2": 0, "truth": 3}


def small_world(file: Path, generation: int, tables: Mapping[str, int] = TABLES) -> Path:
    """A table a schema, of so many rows; every row says which generation it is of."""
    with duckdb.connect(str(file)) as world:
        for schema, rows in tables.items():
            world.execute(f"create schema {schema}")
            world.execute(f"create table {schema}.t as select i as id, {generation} as g from range({rows}) as t (i)")
            world.execute(f"alter table {schema}.t alter g type bigint")
    return file


def generations(session: Session, database: str) -> dict[str, set[tuple[int, int]]]:
    """Per schema, the generations of the table's rows and how many rows there are of each."""
    there = demo.landed(session, database, demo.SCHEMAS)
    return {
        schema: set(session.run(f'select g, count(*) from "{database}"."{schema}"."T" group by g'))
        for schema, table in there
        if table == "T"
    }


class Stopped(BaseException):
    """As hard as a signal: nothing catches it."""


class Fragile:
    """A session that dies before one of its statements."""

    def __init__(self, session: Session, dies_at: int) -> None:
        self.session, self.left = session, dies_at

    def run(self, statement: str) -> list[tuple[object, ...]]:
        self.left -= 1
        if self.left == 0:
            raise Stopped
        return self.session.run(statement)


def test_a_loader_that_dies_anywhere_leaves_whole_tables_and_can_be_run_again(
    statements: list[str], database: str, tmp_path: Path
) -> None:
    # Without the way through the server, which would be gone many hundred times.
    session = Session(shared_fs.connect(database, "PUBLIC"))
    two = {"marketo": 250, "truth": 3}
    worlds = [small_world(tmp_path / f"{generation}.duckdb", generation, two) for generation in (0, 1)]

    def load(by: Session | Fragile, generation: int) -> demo.Loaded:
        return demo.load_demo(by, worlds[generation], f"world {generation}", database, progress=False)  # type: ignore[arg-type]

    load(session, 0)
    dies_at, generation = 0, 0
    while True:
        dies_at, generation = dies_at + 1, 1 - generation
        try:
            load(Fragile(session, dies_at), generation)
        except Stopped:
            found = generations(session, database)
            for schema, of_one in (("MARKETO", 250), ("TRUTH", 3)):
                assert found[schema] in ({(0, of_one)}, {(1, of_one)}), f"{schema} is broken before statement {dies_at}"
            load(session, generation)
            assert generations(session, database) == {
                "MARKETO": {(generation, 250)},
                "TRUTH": {(generation, 3)},
            }
            assert {name for _, name in demo.landed(session, database, demo.SCHEMAS)} == {"T"}
        else:
            break
    assert dies_at > 20


def test_a_killed_process_goes_on_where_it_stopped(database: str, statements: list[str]) -> None:
    command = [sys.executable, "-m", "leadscore.cli", "snowflake", "load-demo", *WORLD]
    with subprocess.Popen(command, cwd=REPO, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while copies(statements) < 5:
            assert process.poll() is None, "it ended before it was killed"
        process.kill()
    before = copies(statements)
    assert before < 30
    assert not [name for _, name in landed(database) if not name.endswith(demo.LOADING)]
    assert main(["snowflake", "load-demo", *WORLD]) == 0
    # All tables that have rows, and at most the two that were under way once more.
    with_rows = sum(table.rows != 0 for table in landed(database).values())
    assert with_rows <= copies(statements) <= with_rows + 2


def copies(statements: list[str]) -> int:
    return sum(statement.startswith("copy into") for statement in statements)


def test_files_are_bounded_and_leave_no_trace(session: Session, database: str, tmp_path: Path) -> None:
    with account.missing_statements() as statements:
        world = small_world(tmp_path / "w.duckdb", 0)
        demo.load_demo(session, world, "w", database, progress=False, part_rows=100)
    files = [statement.split("'")[1] for statement in statements if statement.startswith("put")]
    # The connector asks for each file twice, the second time by its bare name.
    paths = [Path(file.removeprefix("file://")) for file in files if file.startswith("file:///")]
    assert len(set(paths)) == 3 + 1
    assert not any(path.exists() for path in paths)
    assert session.run(f"list @{database}.MARKETO.%T") == []


def test_tables_of_others_are_not_replaced_unasked(session: Session, database: str, tmp_path: Path) -> None:
    world = small_world(tmp_path / "w.duckdb", 1)
    session.run(f'create schema "{database}"."MARKETO"')
    session.run(f'create table "{database}"."MARKETO"."T" ("ID" number(38, 0))')
    session.run(f'create table "{database}"."MARKETO"."OTHER" ("ID" number(38, 0))')
    with pytest.raises(LeadscoreError, match=r"MARKETO\.OTHER and 1 more.*--replace"):
        demo.load_demo(session, world, "w", database, progress=False)
    assert session.run(f'select * from "{database}"."MARKETO"."T"') == []
    demo.load_demo(session, world, "w", database, replace=True, progress=False)
    assert generations(session, database)["MARKETO"] == {(1, 250)}
    assert session.run(f'select count(*) from "{database}"."MARKETO"."OTHER"') == [(0,)]


def test_rows_that_did_not_arrive_are_missed(session: Session, database: str, tmp_path: Path) -> None:
    world = small_world(tmp_path / "w.duckdb", 1)

    class Losing:
        def run(self, statement: str) -> list[tuple[object, ...]]:
            return [] if statement.startswith("copy into") else session.run(statement)

    with pytest.raises(LeadscoreError, match=r"0 of 250 rows of marketo\.t arrived"):
        demo.load_demo(Losing(), world, "w", database, progress=False)  # type: ignore[arg-type]
    assert "T" not in {name for _, name in demo.landed(session, database, demo.SCHEMAS)}


def zip_named(folder: Path, digits: str) -> Path:
    file = folder / f"leadscore_{digits * 12}.zip"
    file.write_bytes(digits.encode())
    return file


def test_zips_go_to_the_stage_once_and_come_away_again(session: Session, database: str, tmp_path: Path) -> None:
    place = (database, "ANALYTICS")
    assert undeploy(session, *place) == [f"There is no stage {database}.ANALYTICS.LIBRARY: nothing to remove."]
    old, new = zip_named(tmp_path, "a"), zip_named(tmp_path, "b")
    with account.missing_statements() as statements:
        assert deploy(session, *place, old) == [
            f"Made the schema {database}.ANALYTICS.",
            f"Made the stage {database}.ANALYTICS.LIBRARY.",
            f"Put {old.name} on the stage {database}.ANALYTICS.LIBRARY.",
        ]
        (again,) = deploy(session, *place, old)
        assert "already" in again
        assert sum(statement.startswith("put") for statement in statements) == 2, (
            "the connector asks twice for one file"
        )
    deploy(session, *place, new)
    assert zips(session, *place) == [old.name, new.name]
    assert undeploy(session, *place, keep=new.name) == [
        f"Removed {old.name} from the stage {database}.ANALYTICS.LIBRARY.",
        f"Kept {new.name}.",
    ]
    assert zips(session, *place) == [new.name]
    undeploy(session, *place)
    assert zips(session, *place) == []
    assert undeploy(session, *place) == [f"Nothing to remove from the stage {database}.ANALYTICS.LIBRARY."]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project without its work."""
    (tmp_path / "project").mkdir()
    return account.skeleton(tmp_path / "project")


@pytest.fixture
def skeleton_dbt(
    database: str, port: int, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., CompletedResult]:
    """dbt on that project in the test's own database; of a Python model, only that it was run."""
    stand_in = StandIn(port, tmp_path / "dbt", database)
    monkeypatch.setattr(snowpark_runner, "run_python_model", lambda file, tables: pa.table({"x": [1]}))

    def run(*arguments: str) -> CompletedResult:
        return stand_in.run_dbt_snowflake(["run", *arguments], project=project)

    return run


def test_the_library_goes_from_the_command_to_the_build_and_away_again(
    statements: list[str],
    database: str,
    project: Path,
    skeleton_dbt: Callable[..., CompletedResult],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clusters = ["--select", "int_identity__clusters"]
    settings = project / "dbt_project.yml"
    settings.write_text(settings.read_text().replace(imported_zip(project), f"leadscore_{'0' * 12}.zip"))
    absent = skeleton_dbt(*clusters)
    assert not absent.ok
    assert (
        f"leadscore_{'0' * 12}.zip, is not on the stage {database}.analytics.library, which holds none" in absent.output
    )
    assert "leadscore snowflake deploy" in absent.output
    assert skeleton_dbt("--select", "dim_leads").ok, "SQL models need no library"

    with connected(account_of(os.environ)) as session:
        deploy(session, database, "ANALYTICS", zip_named(tmp_path, "a"))
    stale = skeleton_dbt(*clusters)
    assert not stale.ok
    assert "which holds leadscore_aaaaaaaaaaaa.zip" in stale.output

    assert main(["snowflake", "deploy", "--project-dir", str(project)]) == 0
    package = build_package(tmp_path)
    printed = capsys.readouterr().out
    assert f"Put {package.name} on the stage" in printed
    assert "dbt_project.yml now names it" in printed
    assert "packages of Python models could not be looked up" in printed
    assert imported_zip(project) == package.name
    staged = Path(stage.internal_dir(f"{database}.ANALYTICS.LIBRARY", "")) / package.name
    assert staged.read_bytes() == package.read_bytes()
    there = skeleton_dbt(*clusters)
    assert there.ok, there.output

    assert main(["snowflake", "undeploy", "--keep-current", "--project-dir", str(project)]) == 0
    assert "Removed leadscore_aaaaaaaaaaaa.zip" in capsys.readouterr().out
    assert skeleton_dbt(*clusters).ok
    assert main(["snowflake", "undeploy"]) == 0
    assert "which holds none" in skeleton_dbt(*clusters).output


def test_each_build_grants_the_public_tables_and_no_others(
    statements: list[str],
    database: str,
    project: Path,
    skeleton_dbt: Callable[..., CompletedResult],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = project_of(project, "analytics")
    with connected(account_of(os.environ)) as session:
        for schema in ("analytics", *facts.schemas):
            session.run(f'create schema "{database}"."{schema.upper()}"')
        deploy(session, database, "ANALYTICS", zip_touched(project))
    statements.clear()
    assert skeleton_dbt("--select", "dim_leads", "ml_lead_contributions").ok
    assert granted(statements) == set(), "nobody was named"

    monkeypatch.setenv("SNOWFLAKE_READER_ROLE", "THE_READER")
    monkeypatch.setenv("SNOWFLAKE_CRM_SYNC_ROLE", "the_sync")
    result = skeleton_dbt()
    assert result.ok, result.output
    wanted = {
        f"grant select on {relation.kind} {database}.{relation.schema}.{name} to role {role}"
        for role, public in (("THE_READER", facts.read), ("the_sync", facts.synced))
        for name, relation in facts.relations.items()
        if name in public
    }
    assert granted(statements) == wanted
    assert f"grant select on view {database}.analytics_scoring.ml_lead_contributions to role THE_READER" in wanted
    assert not any("ml_lead_explanations" in grant for grant in wanted)
    # The script makes the schemas, so the role that builds need not be allowed to.
    assert not [statement for statement in statements if "create schema" in statement.lower()]

    monkeypatch.setenv("SNOWFLAKE_READER_ROLE", "public; drop table t")
    refused = skeleton_dbt("--select", "dim_leads")
    assert not refused.ok
    assert "SNOWFLAKE_READER_ROLE is" in refused.output


def zip_touched(project: Path) -> Path:
    """A file of the name that the project imports."""
    file = project / imported_zip(project)
    file.touch()
    return file


def granted(statements: list[str]) -> set[str]:
    """What was granted, in so many words and without dbt's comment."""
    found = (re.search(r"grant .+? to role \w+", statement) for statement in statements if "grant " in statement)
    return {match.group() for match in found if match}


@pytest.mark.parametrize("credential", ["key pair", "token"])
def test_the_example_profile_connects(
    credential: str, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(REPO / "profiles.yml.example", tmp_path / "profiles.yml")
    if credential == "token":
        monkeypatch.delenv("SNOWFLAKE_PRIVATE_KEY_PATH")
        monkeypatch.setenv("SNOWFLAKE_TOKEN", "an access token")
    assert debug(tmp_path, "--target", "snowflake").success


def test_the_example_profile_needs_no_account_on_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(REPO / "profiles.yml.example", tmp_path / "profiles.yml")
    for variable in set(os.environ) - set(account.clean(os.environ)):
        monkeypatch.delenv(variable)
    monkeypatch.setenv("LEAD_SCORING_DUCKDB", str(tmp_path / "w.duckdb"))
    assert debug(tmp_path).success
    missing = debug(tmp_path, "--target", "snowflake")
    assert "SNOWFLAKE_ACCOUNT" in str(missing.exception or missing.result)


def debug(profiles: Path, *arguments: str) -> dbtRunnerResult:
    places = ["--project-dir", str(REPO), "--profiles-dir", str(profiles), "--log-path", str(profiles)]
    return dbtRunner().invoke(["debug", *arguments, *places, "--log-level", "none"])
