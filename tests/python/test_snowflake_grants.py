"""The grants script, held to least privilege: for every role, exactly what it gets and where."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter

from leadscore.cli import main
from leadscore.errors import LeadscoreError
from leadscore.snowflake.grants import Names, account_script, checked, tables_script
from leadscore.snowflake.project import Project, project_of

PROJECT = Path(__file__).resolve().parents[2]
NAMES = Names(raw_database="RAW", large_warehouse="BIG", memory_warehouse="MEM", user="DBT")
FACTS = project_of(PROJECT, NAMES.schema)
RAW = {f"RAW.{schema.upper()}" for schema in FACTS.raw_schemas}
BUILT = {f"LEAD_SCORING.{schema.upper()}" for schema in FACTS.schemas}
GRANT = re.compile(r'grant (?P<what>[a-z ]+?) on (?P<kind>[a-z ]+?) (?P<place>"[\w".]+") to role "(?P<role>\w+)"')

Granted = Mapping[str, set[tuple[str, str]]]
"""Kind of place, such as `schema` or `future tables in schema` -> privilege and place."""


def granted(script: str, role: str) -> Granted:
    found = defaultdict(set)
    for match in GRANT.finditer(script):
        if match["role"] == role:
            found[match["kind"]].add((match["what"], match["place"].replace('"', "")))
    return found


@pytest.fixture(scope="module")
def script() -> str:
    return account_script(FACTS, NAMES)


def test_every_grant_is_understood_by_these_tests(script: str) -> None:
    for line in (*script.splitlines(), *tables_script(FACTS, NAMES).splitlines()):
        if line.startswith("grant ") and not line.startswith("grant role "):
            assert GRANT.fullmatch(line.rstrip(";")), line


@pytest.mark.parametrize("raw_exists", [False, True])
def test_nobody_gets_everything_and_nothing_changes_its_owner(raw_exists: bool) -> None:
    whole = account_script(FACTS, NAMES, raw_exists) + tables_script(FACTS, NAMES)
    assert not re.search(
        r"grant all|all privileges|ownership|accountadmin|with grant option|manage grants", whole, re.I
    )
    assert not re.search(r"password\s*=", whole, re.I)
    assert "to role PUBLIC" not in whole


def test_the_loader_makes_raw_tables_and_sees_nothing_else(script: str) -> None:
    landing = RAW | {"RAW.TRUTH"}
    assert granted(script, NAMES.loader) == {
        "warehouse": {("usage", "LEAD_SCORING_WH")},
        "database": {("usage", "RAW")},
        "schema": {(what, place) for what in ("usage", "create table") for place in landing},
    }


def test_the_transformer_reads_raw_tables_but_the_truth_and_makes_the_projects(script: str) -> None:
    in_layers = {(what, place) for what in ("usage", "create table", "create view") for place in BUILT}
    work = ("usage", "create table", "create stage", "create function", "create file format")
    assert granted(script, NAMES.transformer) == {
        "warehouse": {("usage", name) for name in ("LEAD_SCORING_WH", "BIG", "MEM")},
        "database": {("usage", "LEAD_SCORING"), ("usage", "RAW")},
        "schema": {("usage", place) for place in RAW} | in_layers | {(what, "LEAD_SCORING.ANALYTICS") for what in work},
        "future tables in schema": {("select", place) for place in RAW},
    }
    there = granted(account_script(FACTS, NAMES, raw_exists=True), NAMES.transformer)
    assert there["all tables in schema"] == {("select", place) for place in RAW}


def test_without_the_other_warehouses_there_is_one() -> None:
    alone = account_script(FACTS, replace(NAMES, large_warehouse=None, memory_warehouse=None))
    assert re.findall(r'create warehouse if not exists "(\w+)"', alone) == ["LEAD_SCORING_WH"]


@pytest.mark.parametrize(("role", "public"), [(NAMES.reader, FACTS.read), (NAMES.crm_sync, FACTS.synced)])
def test_readers_reach_every_public_table_and_nothing_more(script: str, role: str, public: frozenset[str]) -> None:
    before, after = granted(script, role), granted(tables_script(FACTS, NAMES), role)
    places = {f"LEAD_SCORING.{FACTS.relations[name].schema}.{name}".upper() for name in public}
    assert before == {
        "warehouse": {("usage", "LEAD_SCORING_WH")},
        "database": {("usage", "LEAD_SCORING")},
        "schema": {("usage", place.rpartition(".")[0]) for place in places},
    }
    assert {each for kind in after.values() for each in kind} == {("select", place) for place in places}
    assert set(after) <= {"table", "view"}
    reached = {place for kind in before.values() for _, place in kind}
    assert not reached & (RAW | {"RAW", "RAW.TRUTH", "LEAD_SCORING.ANALYTICS_STAGING", "LEAD_SCORING.ANALYTICS"})


def test_the_view_is_granted_and_not_what_lies_beneath() -> None:
    name = "ml_lead_contributions"
    assert FACTS.relations[name].kind == "view"
    beneath = set(re.findall(r"ref\('(\w+)'\)", (PROJECT / "models" / "scoring" / f"{name}.sql").read_text()))
    private = {table.upper() for table in beneath - FACTS.read}
    assert "ML_LEAD_EXPLANATIONS" in private
    for role in (NAMES.reader, NAMES.crm_sync):
        read = granted(tables_script(FACTS, NAMES), role)
        assert not {place.rpartition(".")[2] for kind in read.values() for _, place in kind} & private
    assert ("select", f"LEAD_SCORING.ANALYTICS_SCORING.{name.upper()}") in granted(
        tables_script(FACTS, NAMES), NAMES.reader
    )["view"]


def test_the_crm_sync_reads_a_part_of_what_readers_read() -> None:
    assert FACTS.synced < FACTS.read


def test_both_scripts_parse_in_the_snowflake_dialect(script: str) -> None:
    linter = Linter(config=FluffConfig(overrides={"dialect": "snowflake"}))
    key = "-----BEGIN PUBLIC KEY-----\nMIIBIjAN\nBg==\n-----END PUBLIC KEY-----\n"
    with_key = account_script(FACTS, replace(NAMES, public_key=key), raw_exists=True)
    assert "set rsa_public_key = 'MIIBIjANBg=='" in with_key
    for text in (with_key, tables_script(FACTS, NAMES)):
        parsed = linter.parse_string(text)
        assert parsed.violations == []
        assert "unparsable" not in parsed.tree.type_set() | parsed.tree.descendant_type_set


def test_a_key_that_is_none_is_refused_with_the_command_that_makes_one() -> None:
    for pem in ("", "x'; drop user U; --", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"):
        with pytest.raises(LeadscoreError, match="openssl"):
            account_script(FACTS, replace(NAMES, public_key=pem))


def test_names_that_need_quotes_and_roles_that_are_one_are_refused() -> None:
    for field in vars(NAMES):
        if field != "public_key":
            with pytest.raises(LeadscoreError, match=f"The name for {field} is"):
                checked(replace(NAMES, **{field: 'A"; drop role R; --'}))
    with pytest.raises(LeadscoreError, match="four different names"):
        account_script(FACTS, checked(replace(NAMES, reader="x", crm_sync="X")))


def test_the_command_takes_its_names_from_options_and_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SNOWFLAKE_LARGE_WAREHOUSE", "from_the_environment")
    monkeypatch.setenv("SNOWFLAKE_DATABASE", "d")
    command = ["snowflake", "grants", "--project-dir", str(PROJECT)]
    assert main([*command, "--memory-warehouse", "named", "--reader", "r", "--raw-exists"]) == 0
    printed = capsys.readouterr().out
    assert {place for _, place in granted(printed, Names().transformer)["warehouse"]} == {
        "LEAD_SCORING_WH",
        "FROM_THE_ENVIRONMENT",
        "NAMED",
    }
    assert ("select", "D.MARKETO") in granted(printed, Names().transformer)["all tables in schema"]
    assert granted(printed, "R")["database"] == {("usage", "D")}
    assert main([*command, "--tables"]) == 0
    assert "create" not in capsys.readouterr().out


def test_a_key_file_that_is_absent_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "k.pub"
    assert main(["snowflake", "grants", "--project-dir", str(PROJECT), "--public-key", str(missing)]) == 2
    assert f"The public key {missing} cannot be read" in capsys.readouterr().err


def test_a_project_is_needed(tmp_path: Path) -> None:
    with pytest.raises(LeadscoreError, match="--project-dir"):
        project_of(tmp_path, "ANALYTICS")


def _unknown(folder: Path) -> Project:
    (folder / "dbt_project.yml").write_text("name: x\n")
    (folder / "models").mkdir()
    (folder / "models" / "e.yml").write_text(
        "exposures:\n  - {name: e, type: dashboard, depends_on: [\"ref('gone')\"]}\n"
    )
    return project_of(folder, "ANALYTICS")


def test_an_exposure_of_something_that_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(LeadscoreError, match="depend on gone"):
        _unknown(tmp_path)
