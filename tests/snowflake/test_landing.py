"""However connectors landed the raw columns, staging reads the same from them on both engines; and words are read alike."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from comparing import differences
from stand_in import StandIn
from warm_dbt import WarmDbt
from worlds import VARIABLES, built_tables, connect, copied

from leadscore import raw_schema

AS_TEXT = {
    "BIGINT": """case hash({c}) % 4 when 0 then ' ' || {c} when 1 then {c} || '.0' when 2 then '+' || {c} else {c}::varchar end""",
    "DOUBLE": """case hash({c}) % 3 when 0 then {c}::varchar when 1 then '0' || {c} else {c} || 'e0' end""",
    "BOOLEAN": """case hash(rowid) % 3 when 0 then if({c}, 'Yes', 'no') when 1 then if({c}, '1', '0') else if({c}, 'TRUE', 'F') end""",
    "DATE": """case hash({c}) % 2 when 0 then {c}::varchar else {c} || 'T00:00:00' end""",
    "TIMESTAMPTZ": """case hash({c}) % 7
        when 0 then strftime({c}, '%Y-%m-%dT%H:%M:%S.%gZ') when 1 then strftime({c}, '%Y-%m-%d %H:%M:%S')
        when 2 then strftime({c}, '%Y-%m-%d %H:%M:%S UTC') when 3 then strftime({c}, '%Y-%m-%dT%H:%M:%S+0200')
        when 4 then strftime({c}, '%Y-%m-%d %H:%M:%S.%f -05') when 5 then strftime({c}, '%Y-%m-%d %H:%M:%S+05:30')
        else strftime({c}, '%Y-%m-%d') end""",
}
"""Ways to write a value, by its declared type."""

OTHERWISE = {
    "BIGINT": "{c}::decimal(20, 2)",
    "DOUBLE": "{c}::decimal(18, 3)",
    "BOOLEAN": "{c}::bigint",
    "DATE": "{c}::timestamp",
    "TIMESTAMPTZ": "{c}::timestamp",
}
"""Other types than those declared."""

LANDED = {
    **dict.fromkeys(["salesforce.lead", "salesforce.opportunity", "salesforce.task", "bombora.company_surge"], AS_TEXT),
    **dict.fromkeys(
        ["marketo.lead", "marketo.program_membership", "marketo.activity_open_email", "g2.buyer_intent"], OTHERWISE
    ),
}
"""The tables that land oddly, and how."""

IN_SQL = ["int_identity__titles", "int_identity__countries", "int_identity__industries", "int_identity__domains"]
"""What reads words and can be built without a Python model."""
MODELS = [f"stg_{table.replace('.', '__')}" for table in LANDED] + [f"+{name}" for name in IN_SQL]
SELECTED = ["build", "--exclude-resource-type", "test", "unit_test", "--no-write-json", "--select", *MODELS]

UNREADABLE = ["soon", "12 000", "0x1F", "1_000", "nan", "1700000000", "07/01/2025", "", "  "]

LETTERS = [chr(code) for code in range(0xA0, 0x2200)]
TITLES = ["".join(LETTERS[start : start + 40]) for start in range(0, len(LETTERS), 40)]
TITLES += [unicodedata.normalize("NFD", "Directrice générale, Größe & Måling"), "\u00a0VP\u2003", "VP\t", "İSTANBUL vp"]
SITES = [
    *("https://www.Example.com/a?b#c", "HTTP://www2.shop.example.co.uk:8080", "//cdn.example.de", "example", "a b.com"),
    *("\u00a0x.io ", "ftp://ftp.example.com/x", "mailto:ann@example.com", "münchen.de", "www.example.com.", "http://"),
    *("1.2.3.4", "sub.example.com.br"),
]
"""Words and addresses, as people and systems write them."""


@pytest.fixture(scope="module")
def odd_world(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world landed oddly: some tables as text in many spellings, some in other types; strange words in either."""
    odd = copied(world, tmp_path_factory.mktemp("worlds") / "odd")
    with connect(odd, read_only=False) as connection:
        for place, spellings in LANDED.items():
            source, table = place.split(".")
            columns = raw_schema.tables()[source, table]
            landed = ", ".join(_landed(name, spellings.get(kind, "{c}")) for name, kind in columns.items())
            connection.execute(f'create or replace table {source}."{table}" as select {landed} from {source}."{table}"')
        for place, column, words in (
            ("marketo.lead", "title", TITLES),
            ("salesforce.lead", "country", TITLES),
            ("salesforce.lead", "industry", TITLES),
            ("marketo.lead", "website", SITES),
            ("salesforce.lead", "number_of_employees", UNREADABLE),
            ("salesforce.lead", "annual_revenue", UNREADABLE),
            ("salesforce.lead", "converted_date", UNREADABLE),
            ("salesforce.opportunity", "close_date", UNREADABLE),
        ):
            connection.execute(
                f"update {place} as t set {column} = words.w from (select unnest(?) as w, unnest(range(?)) as i) as words, "
                f"(select rowid as r, row_number() over (order by id) - 1 as i from {place}) as rows "
                "where rows.i = words.i and t.rowid = rows.r",
                [words, len(words)],
            )
    return odd


def _landed(column: str, spelling: str) -> str:
    """A column in another spelling. Keys stay as they are, so that rows find each other."""
    name = f'"{column}"'
    return f"{name if column in ('id', 'lead_id', 'program_id') else spelling.format(c=name)} as {name}"


def test_raw_values_are_read_alike(port: int, odd_world: Path, tmp_path: Path) -> None:
    # Where no zone is written, one with summer time is meant.
    variables = VARIABLES | {"source_time_zone": "America/New_York"}
    stand_in = StandIn(port, tmp_path / "snowflake", database="ODD")
    stand_in.load(odd_world)
    stand_in.deploy_library()
    theirs = stand_in.run_dbt_snowflake(SELECTED, variables)
    assert theirs.ok, theirs.output
    database = copied(odd_world, tmp_path / "duckdb")
    dbt = WarmDbt(tmp_path)
    ours = dbt.run(SELECTED, database, variables)
    dbt.close()
    assert ours.ok, ours.output
    assert _warnings(ours.output) == _warnings(theirs.output)
    with connect(database) as connection:
        places = {place.split(".")[1]: place for place in built_tables(database)}
        tables = {name: connection.sql(f"from {place}").to_arrow_table() for name, place in places.items()}
    assert {"stg_marketo__lead", "int_identity__titles", "int_identity__domains"} <= tables.keys()
    assert (
        differences(tables, {name: stand_in.read(f"{schema}.{name}") for name, schema in stand_in.tables().items()})
        == {}
    )


def _warnings(output: str) -> set[str]:
    """What the check of the raw tables says, and how often which value could not be read."""
    found = {line.partition("[WARNING]: ")[2] for line in output.splitlines() if "[WARNING]: " in line}
    assert any("holds values that cannot be read" in warning for warning in found)
    return found
