"""Everything that dbt would send to Snowflake is Snowflake's SQL to two parsers that know its dialect."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor

import pytest
import sqlglot
from dbt.cli.main import dbtRunner
from dbt_runner import REPO
from sqlfluff.core import FluffConfig, Linter
from sqlglot import exp
from stand_in import StandIn
from worlds import VARIABLES

from leadscore.snowflake.grants import Names, account_script, tables_script
from leadscore.snowflake.project import Project, project_of

KINDS = ("model", "test", "analysis")


@pytest.fixture(scope="module")
def compiled(stand_in: StandIn) -> dict[str, str]:
    """The SQL of every model, test and analysis as compiled for Snowflake, by its file under target/compiled."""
    target = stand_in.home / "dialects"
    flags = [
        "--project-dir",
        REPO,
        "--profiles-dir",
        stand_in.home,
        "--target-path",
        target,
        "--log-path",
        stand_in.home,
    ]
    result = dbtRunner().invoke(["compile", *map(str, flags), "--log-level", "none", "--vars", json.dumps(VARIABLES)])
    assert result.success, result.exception or [each.message for each in result.result if each.status == "error"]
    manifest = json.loads((target / "manifest.json").read_text())
    wanted = {
        name for name, node in manifest["nodes"].items() if node["resource_type"] in KINDS and node["language"] == "sql"
    }
    found = {each.node.unique_id: each.node.compiled_code for each in result.result if each.node.unique_id in wanted}
    assert found.keys() == wanted
    return found


def test_sqlglot_reads_all_of_it(compiled: Mapping[str, str]) -> None:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    unread = {}
    for name, text in compiled.items():
        try:
            statements = sqlglot.parse(text, read="snowflake", error_level=sqlglot.ErrorLevel.RAISE)
        except sqlglot.errors.SqlglotError as error:
            unread[name] = str(error)
            continue
        # What sqlglot does not know it keeps as a command, unread.
        if len(statements) != 1 or statements[0] is None or statements[0].find(exp.Command):
            unread[name] = "more than one statement, or an unknown one"
    assert unread == {}


def test_sqlfluff_reads_all_of_it(compiled: Mapping[str, str]) -> None:
    # Many tests of one kind differ only in their names: those that are alike are read once.
    alike = {generalised(text): name for name, text in sorted(compiled.items())}
    texts = {name: compiled[name] for name in alike.values()}
    with ProcessPoolExecutor(2) as processes:
        faults = dict(zip(texts, processes.map(parse_fault, texts.values(), chunksize=4), strict=True))
    assert {name: fault for name, fault in faults.items() if fault} == {}


def generalised(text: str) -> str:
    """The tree of a query without its names and values."""
    tree = sqlglot.parse_one(text, read="snowflake")
    for node in list(tree.find_all(exp.Identifier, exp.Literal)):
        node.set("this", "0" if isinstance(node, exp.Literal) and not node.is_string else "x")
    return tree.sql("snowflake")


def parse_fault(text: str) -> str:
    """What sqlfluff cannot read of a query; empty if it reads it all."""
    linter = Linter(config=FluffConfig(overrides={"dialect": "snowflake", "templater": "raw"}))
    parsed = linter.parse_string(text)
    return "; ".join(str(violation) for violation in parsed.violations)


@pytest.mark.parametrize("script", [account_script, tables_script])
def test_sqlfluff_reads_the_grants(script: Callable[[Project, Names], str]) -> None:
    text = script(project_of(REPO, Names().schema), Names())
    assert text.count(";") > 5
    assert parse_fault(text) == ""


def test_a_query_that_is_none_would_be_noticed() -> None:
    assert parse_fault("select [x for x in l] from t")
    with pytest.raises(sqlglot.errors.SqlglotError):
        sqlglot.parse_one("select a from t where", read="snowflake", error_level=sqlglot.ErrorLevel.RAISE)
    assert sqlglot.parse_one("grant call on everything", read="snowflake").find(exp.Command)
