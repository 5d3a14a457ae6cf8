"""Names and texts in statements to Snowflake, and the line of dbt_project.yml that names the library's zip."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from leadscore.errors import LeadscoreError
from leadscore.snowflake.imports_line import PROJECT_FILE, imported_zip, rewrite
from leadscore.snowflake.names import plain, quoted, stage, text

PROJECT = Path(__file__).resolve().parents[2]
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,30}", fullmatch=True)


@given(NAMES, NAMES)
def test_plain_names_become_one_identifier_in_upper_case(schema: str, table: str) -> None:
    found = sqlglot.parse_one(quoted(schema, table), read="snowflake", into=exp.Table)
    assert (found.db, found.name) == (schema.upper(), table.upper())


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1A",
        'A"B',
        "A B",
        "A;drop table T",
        "A--",
        "A/*",
        "A$$B",
        "A.B",
        "Ä",
        "\uff41",
        "A\n",
        "A\x00",
        "A" * 256,
        "{{ x }}",
        "'",
    ],
)
def test_what_would_need_quotes_is_refused_by_name(name: str) -> None:
    for use in (lambda: plain(name, "The role"), lambda: quoted("DB", name), lambda: stage("DB", f"%{name}")):
        with pytest.raises(LeadscoreError, match="must be a plain name"):
            use()


@given(st.text())
def test_a_text_stays_one_literal(value: str) -> None:
    tokens = sqlglot.tokenize(text(value), read="snowflake")
    assert len(tokens) == 1
    assert tokens[0].token_type is sqlglot.tokens.TokenType.STRING
    assert tokens[0].text == value


def test_the_stage_of_a_table_has_its_sign() -> None:
    assert stage("db", "raw", "%lead") == "@DB.RAW.%LEAD"


OTHER = "leadscore_0123456789ab.zip"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / PROJECT_FILE).write_bytes((PROJECT / PROJECT_FILE).read_bytes())
    return tmp_path


def test_only_the_name_in_the_line_is_rewritten(project: Path) -> None:
    before = (project / PROJECT_FILE).read_text()
    old = imported_zip(project)
    assert rewrite(project, OTHER)
    assert (project / PROJECT_FILE).read_text() == before.replace(old, OTHER)
    assert imported_zip(project) == OTHER
    assert not rewrite(project, OTHER), "it was there already"


def test_a_name_that_is_no_zips_is_not_written(project: Path) -> None:
    for name in ("x.zip", "leadscore_0123456789ab.zip\n+x: y", "leadscore_0123456789AB.zip"):
        with pytest.raises(ValueError, match="no name of a library"):
            rewrite(project, name)


@pytest.mark.parametrize("lines", ["", "    +imports: [other.zip]\n", f"+imports: [{OTHER}]\n+imports: [{OTHER}]\n"])
def test_a_project_without_just_one_such_line_is_told_what_to_add(lines: str, tmp_path: Path) -> None:
    (tmp_path / PROJECT_FILE).write_text(f"name: x\n{lines}")
    with pytest.raises(LeadscoreError, match=r"must hold one line `\+imports: "):
        imported_zip(tmp_path)


def test_another_folder_is_told_to_name_the_project(tmp_path: Path) -> None:
    with pytest.raises(LeadscoreError, match="--project-dir"):
        imported_zip(tmp_path)
