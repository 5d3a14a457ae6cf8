"""The public tables are those of the exposures, and README lists the same."""

from __future__ import annotations

import re
from pathlib import Path

import sqlglot
from sqlglot import exp

from leadscore.snowflake.project import project_of

PROJECT = Path(__file__).resolve().parents[2]


def test_readme_lists_the_public_tables() -> None:
    readme = (PROJECT / "README.md").read_text()
    section = readme.split("\n## What to read\n")[1].split("\n## ")[0]
    named = {
        name for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert named == project_of(PROJECT, "analytics").read


def test_readme_leads_to_the_guide_and_the_plan() -> None:
    readme = (PROJECT / "README.md").read_text()
    for page in ("docs/snowflake.md", "docs/snowflake_scale.md"):
        assert f"]({page})" in readme
        assert (PROJECT / page).is_file()


def test_the_guide_names_variables_and_commands_that_exist() -> None:
    guide = (PROJECT / "docs/snowflake.md").read_text()
    sources = [PROJECT / "profiles.yml.example", PROJECT / "dbt_project.yml", *(PROJECT / "leadscore").rglob("*.py")]
    known = "\n".join(file.read_text() for file in sources)
    variables = set(re.findall(r"\b(?:SNOWFLAKE|LEAD_SCORING)_[A-Z_]*[A-Z]\b", guide))
    names = {"LEAD_SCORING_LARGE", "LEAD_SCORING_MEMORY"}
    roles = {name for name in variables if name.startswith("LEAD_SCORING_") and name not in known}
    assert roles - names == {"LEAD_SCORING_LOADER", "LEAD_SCORING_READER", "LEAD_SCORING_CRM_SYNC"}
    assert {name for name in variables if name.startswith("SNOWFLAKE_")} <= set(re.findall(r"SNOWFLAKE_[A-Z_]+", known))
    commands = set(re.findall(r"leadscore snowflake ([a-z-]+)", guide))
    assert commands == {"grants", "deploy", "undeploy", "load-demo"}


def test_the_guides_queries_read_public_tables_where_they_are() -> None:
    facts = project_of(PROJECT, "analytics")
    public = {f"LEAD_SCORING.{facts.relations[name].schema}.{name}".upper() for name in facts.read}
    guide = (PROJECT / "docs/snowflake.md").read_text()
    (queries,) = (block for block in re.findall(r"```sql\n(.+?)```", guide, re.DOTALL) if "select" in block)
    statements = sqlglot.parse(queries, read="snowflake")
    tables = {table.sql().split(" ")[0] for query in statements if query for table in query.find_all(exp.Table)}
    assert {name for name in tables if "." in name} == {name for name in public if name in tables}
    assert len(tables & public) == 3
