"""Bad input ends in a sentence that says what is wrong, or in a known result: never in a trace or a wrong score."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt_runner import CompletedResult
from warm_dbt import WarmDbt
from worlds import FEATURES, MODELS, TESTED, VARIABLES, column_digests, connect, copied, differing

from leadscore import raw_schema
from leadscore.summary import summary

FACTS = {
    "analytics_marts": ["dim_leads", "dim_accounts", "fct_lead_score_reasons"],
    "analytics_timeline": ["fct_activities", "fct_intent_signals"],
    "analytics_features": ["feat_spine", "feat_leads"],
    "analytics_scoring": ["fct_lead_scores", "ml_lead_contributions", "fct_lead_score_history"],
}


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"as_of": "yesterday"}, "as_of is 'yesterday'. It takes an ISO date, as in --vars"),
        ({"as_of": "2025-02-29"}, "as_of is '2025-02-29'. It takes an ISO date"),
        ({"as_of": "2025-07-01'; drop schema salesforce cascade; --"}, "It takes an ISO date"),
        (
            {"conversion_event": "$$ x'"},
            "conversion_event is '$$ x''. It takes one of opportunity_created, lead_converted",
        ),
        (
            {"conversion_horizon_days": "90 days"},
            "conversion_horizon_days is '90 days'. It takes a whole number of 1 or more",
        ),
        (
            {"random_seed": "7; drop schema salesforce"},
            "random_seed is '7; drop schema salesforce'. It takes a whole number",
        ),
        ({"assumed_conversion_rate": 1.5}, "assumed_conversion_rate is '1.5'. It takes a share between 0 and 1"),
        ({"retrain": "sometimes"}, "retrain is 'sometimes'. It takes one of auto, always, never."),
        ({"training_from": "2025-13-01"}, "training_from is '2025-13-01'. It takes an ISO date"),
        ({"score_with": "x' or 1 = 1"}, "score_with is 'x' or 1 = 1'. It takes the name of a model"),
        ({"bombora_enabled": "maybe"}, "bombora_enabled is 'maybe'. It takes true or false."),
        (
            {"marketo_schema": "x'; drop schema salesforce cascade; --"},
            "It takes a name without quotes, semicolons and $$: letters",
        ),
        ({"g2_database": "$$"}, "g2_database is '$$'. It takes a name without quotes, semicolons and $$: letters"),
        ({"source_time_zone": "Mars/Phobos' --"}, "source_time_zone is 'Mars/Phobos' --'. It takes a name such as UTC"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_variable_out_of_range_is_named(
    dbt: WarmDbt, small_world: Path, variables: dict[str, Any], message: str
) -> None:
    assert_ends_in_words(dbt.run(["build"], small_world, VARIABLES | variables), message)


def test_a_database_in_use_or_of_another_kind_is_named(dbt: WarmDbt, small_world: Path, tmp_path: Path) -> None:
    database = copied(small_world, tmp_path / "used")
    hold = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        other.stdout.readline()
        result = dbt.run(["build"], database, VARIABLES)
        other.communicate()
    assert_ends_in_words(
        result, f"The database {database} is in use by another program (process {other.pid}): close it"
    )
    database.write_text("a spreadsheet")
    assert_ends_in_words(dbt.run(["build"], database, VARIABLES), f"The database {database} cannot be opened")


def test_text_and_repeated_rows_change_no_feature(dbt: WarmDbt, small_world: Path, tmp_path: Path) -> None:
    """What a folder of CSV files loaded twice looks like: every column text, every row there twice."""
    plain, as_text = (copied(small_world, tmp_path / name) for name in ("plain", "as_text"))
    change_tables(
        as_text,
        lambda table, columns: (
            f"""
            create or replace table {table} as
            select columns(*)::varchar from (from {table} union all from {table}) order by {", ".join(columns)} desc
        """
        ),
    )
    tables = ["analytics_features.feat_spine", "analytics_features.feat_leads"]
    for database in (plain, as_text):
        result = dbt.run(FEATURES, database, VARIABLES)
        assert result.ok, result.output
    assert differing(*(column_digests(database, tables) for database in (plain, as_text))) == []


def test_odd_values_build_green(dbt: WarmDbt, small_world: Path, tmp_path: Path) -> None:
    """Emoji, 100 kB texts, SQL and Jinja in texts, dates from Caesar to the year 290000, infinite numbers, circular merges."""
    database = copied(small_world, tmp_path / "odd")
    change_tables(database, odd_values)
    with connect(database, read_only=False) as connection:
        connection.execute("""
            update salesforce.lead set master_record_id = id, is_deleted = true where hash(id) % 9 = 0;
            insert into marketo.activity_merge_leads by name
            select 900000 + a.id as id, a.id as lead_id, a.created_at as activity_date,
                '[' || b.id || ', 99999999999999999999999, -3, abc]' as merge_ids
            from marketo.lead as a inner join marketo.lead as b on abs(a.id - b.id) <= 2 and a.id % 5 = 0;
        """)
    result = dbt.run(TESTED, database, VARIABLES)
    assert result.ok, result.output
    with connect(database) as connection:
        assert longest_text(connection) == 100_000
        assert_scores_are_sound(connection, at_least=100)
    assert max(map(len, summary(database).splitlines())) < 250


@pytest.mark.parametrize(
    ("change", "variables", "command"),
    [
        pytest.param("delete from {table}", {}, TESTED, id="empty tables"),
        pytest.param("", {"as_of": "2000-01-01"}, MODELS, id="as_of before all data"),
    ],
)
def test_nothing_to_see_is_empty_and_green(
    dbt: WarmDbt, small_world: Path, tmp_path: Path, change: str, variables: dict[str, Any], command: list[str]
) -> None:
    database = copied(small_world, tmp_path / "nothing")
    change_tables(database, lambda table, _: change.format(table=table))
    result = dbt.run(command, database, VARIABLES | variables)
    assert result.ok, result.output
    with connect(database) as connection:
        rows = {
            table: connection.execute(f"select count(*) from {schema}.{table}").fetchone()
            for schema, tables in FACTS.items()
            for table in tables
        }
        assert set(rows.values()) == {(0,)}
        assert trained(connection) == ("rules", 0, 0)
    assert "0  people" in summary(database)


def test_columns_without_a_value_build_green(dbt: WarmDbt, small_world: Path, tmp_path: Path) -> None:
    database = copied(small_world, tmp_path / "null")
    needed = {
        "id",
        "lead_id",
        "created_date",
        "created_at",
        "activity_date",
        "date",
        "domain",
        "composite_score",
        "program_id",
    }
    needed |= {"company_domain", "signal_type", "time"}
    change_tables(
        database,
        lambda table, columns: (
            f"update {table} set " + ", ".join(f'"{name}" = null' for name in columns if name not in needed)
        ),
    )
    result = dbt.run(MODELS, database, VARIABLES)
    assert result.ok, result.output
    with connect(database) as connection:
        assert trained(connection)[::2] == ("rules", 0)
        assert_scores_are_sound(connection, at_least=100)


@pytest.mark.parametrize(
    ("event", "everyone", "change"),
    [
        ("opportunity_won", False, "update salesforce.opportunity set is_won = false"),
        (
            "lead_converted",
            True,
            """
            delete from salesforce.contact;
            delete from marketo.lead;
            update salesforce.lead set
                is_converted = created_date < '2025-06-20',
                converted_date = case when created_date < '2025-06-20' then created_date + interval 2 day end
            """,
        ),
    ],
    ids=["nobody converts", "everyone converts"],
)
def test_a_label_of_one_class_is_scored_by_rules(
    dbt: WarmDbt, small_world: Path, tmp_path: Path, event: str, everyone: bool, change: str
) -> None:
    database = copied(small_world, tmp_path / "one_class")
    with connect(database, read_only=False) as connection:
        connection.execute(change)
    result = dbt.run(MODELS, database, VARIABLES | {"conversion_event": event})
    assert result.ok, result.output
    with connect(database) as connection:
        mode, rows, conversions = trained(connection)
        assert mode == "rules"
        assert rows > 20
        assert conversions == (rows if everyone else 0)
        assert_scores_are_sound(connection, at_least=1)
        mean = connection.execute(
            "select avg(conversion_probability) from analytics_scoring.fct_lead_scores"
        ).fetchone()
    assert mean
    assert mean[0] > 0.5 if everyone else mean[0] < 0.02


def assert_ends_in_words(result: CompletedResult, message: str) -> None:
    assert not result.ok
    assert message in result.output
    assert "Traceback" not in result.output


def assert_scores_are_sound(connection: duckdb.DuckDBPyConnection, at_least: int) -> None:
    found = connection.execute("""
        select count(*), count(*) filter (
            score between 0 and 100 and conversion_probability > 0 and conversion_probability < 1 and isfinite(raw_score)
        )
        from analytics_scoring.fct_lead_scores
    """).fetchone()
    assert found
    assert found[0] >= at_least
    assert found[0] == found[1]


def trained(connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    """Mode, training rows and conversions of the one model there is."""
    ((*found,),) = connection.execute(
        "select mode, training_rows, training_conversions from analytics_learning.ml_models"
    ).fetchall()
    return tuple(found)


def longest_text(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute(
        "select greatest(max(length(title)), max(length(first_name))) from analytics_marts.dim_leads"
    ).fetchone()
    assert found
    return int(found[0])


def change_tables(database: Path, statement: Callable[[str, dict[str, str]], str]) -> None:
    """Run a statement, made from name and columns, on every raw table."""
    with connect(database, read_only=False) as connection:
        for (source, table), columns in raw_schema.tables().items():
            connection.execute(statement(f'{source}."{table}"', columns))


TEXTS = """[
    '🚀💥 Ünï', repeat('x', 100000), repeat('🦆 ', 50000), ''' or 1 = 1; drop schema salesforce cascade; --',
    '$$ {{ var(''x'') }} {% raw %}',
    chr(10) || chr(9) || chr(0) || '"', '%_\\', 'علي שלום', ''
]"""
DATES = "['0001-01-01', '0044-01-01', '1582-10-10', '1899-12-31', '1970-01-01', '2262-04-12', '9999-12-31']"
ENDLESS_DATES = "['-infinity', 'infinity', '0044-03-15 (BC)', '12025-01-01', '290000-01-01', '290300-01-01 (BC)']"
NUMBERS = "['nan', 'inf', '-inf', '1e308', '-1e308', '-5', '0', '1e-320']::double[]"
COUNTS = "[9223372036854775807, -9223372036854775808, -1, 0]::bigint[]"


def odd_values(table: str, columns: dict[str, str]) -> str:
    """A statement that puts odd values into a quarter of the fields of a table, names and keys left as they are."""
    values = {
        "VARCHAR": TEXTS,
        "DOUBLE": NUMBERS,
        "BIGINT": COUNTS,
        "TIMESTAMPTZ": ENDLESS_DATES,
        "DATE": ENDLESS_DATES,
    }
    replaced = []
    for place, (name, kind) in enumerate(columns.items()):
        if kind not in values or name == "id" or name.endswith("_id") or "domain" in name or name == "signal_type":
            continue
        # Dates without which a row cannot be placed stay within the calendar; others would end the build with their name.
        odd = (
            DATES
            if name in ("created_date", "created_at", "activity_date", "date", "time", "membership_date")
            else values[kind]
        )
        choice = f"cast(list_extract({odd}, cast(1 + hash(n, {place}, 'which') % len({odd}) as integer)) as {kind})"
        replaced.append(f'case when hash(n, {place}) % 4 = 0 then {choice} else "{name}" end as "{name}"')
    return f"""
        create or replace table {table} as
        select * exclude (n) replace ({", ".join(replaced)}) from (select *, row_number() over () as n from {table})
    """
