"""The simulated world: repeatable, whole, dirty in every named way, true to its own truth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from leadscore import raw_schema
from leadscore.errors import LeadscoreError
from leadscore.simulate import chain, simulate
from leadscore.simulate.clock import calendar
from leadscore.simulate.companies import companies
from leadscore.simulate.draws import stream
from leadscore.simulate.journey import Journeys, live
from leadscore.simulate.people import PROPENSITIES, people

END = date(2026, 7, 1)
LEADS, MONTHS = 3000, 24
NAMES = """
    create temp macro plain_email(value) as nullif(lower(trim(value)), '');
    create temp view records as
        select 'marketo.lead:' || id as record_id, email, first_name, last_name, company, created_at,
               _fivetran_deleted as is_deleted, [sfdc_lead_id, sfdc_contact_id] as links, id::varchar as id
        from marketo.lead
        union all by name
        select 'salesforce.lead:' || id as record_id, email, first_name, last_name, company, created_date as created_at,
               is_deleted, [converted_contact_id] as links, id
        from salesforce.lead
        union all by name
        select 'salesforce.contact:' || id as record_id, email, first_name, last_name, null as company,
               created_date as created_at, is_deleted, [] as links, id
        from salesforce.contact;
    create temp table known as select r.*, p.person_id from records r join truth.record_person p using (record_id);
    create temp table converted as
        select k.person_id, min(o.created_date) as converted_at
        from salesforce.opportunity_contact_role c
        join salesforce.opportunity o on o.id = c.opportunity_id
        join known k on k.record_id = 'salesforce.contact:' || c.contact_id
        group by 1;
    create temp table touches as
        select p.person_id, a.activity_date as occurred_at, a.webpage_url
        from marketo.activity_visit_webpage a
        join truth.record_person p on p.record_id = 'marketo.lead:' || a.lead_id;
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "world.duckdb"
    simulate(path, LEADS, MONTHS, seed=1, end=END, progress=False)
    return path


@pytest.fixture(scope="module")
def world(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(NAMES)
        yield connection


@pytest.fixture(scope="module")
def snapshots(world: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Open leads every four weeks, with the true probability and what came of them within 90 days."""
    return world.sql("""
        with days as (
            select unnest(generate_series(min(valid_from) + 60, max(valid_to) - 90, interval 28 day))::date as as_of
            from truth.conversion_probability
        )
        select t.person_id, as_of, stage, involved, probability,
               coalesce(converted_at < as_of + interval 90 day, false) as label
        from days
        join truth.conversion_probability t on t.valid_from <= as_of and as_of < t.valid_to
        left join converted using (person_id)
        where converted_at is null or converted_at >= as_of
    """).df()


@pytest.fixture(scope="module")
def lives() -> tuple[pd.DataFrame, pd.DataFrame, Journeys]:
    """Many companies' journeys without the records they leave: cheap, and enough of them to measure effects."""
    span = calendar(END, MONTHS)
    firms = companies(stream(5, "companies"), 40_000)
    crowd = people(stream(5, "people"), firms, 40_000)
    return firms, crowd, live(stream(5, "journey"), firms, crowd, span.weeks)


def one(world: duckdb.DuckDBPyConnection, query: str) -> float:
    return float(world.sql(query).fetchall()[0][0])


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in the order in which it is stored."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.sql("select table_schema, table_name from information_schema.tables order by all").fetchall()
        return {f"{s}.{t}": connection.sql(f'from {s}."{t}"').fetchall() for s, t in names}


# Repeatable, whole, safe


def test_same_arguments_give_the_same_tables(tmp_path: Path) -> None:
    found = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        simulate(tmp_path / name, 300, 6, seed=seed, end=END, progress=False)
        found.append(contents(tmp_path / name))
    assert found[0] == found[1]
    differing = {table for table in found[0] if found[0][table] != found[2][table]}
    assert {"marketo.lead", "salesforce.task", "bombora.company_surge", "truth.person"} <= differing


def test_tables_agree_with_raw_schema(world: duckdb.DuckDBPyConnection) -> None:
    columns = world.sql("""
        select table_schema, table_name, column_name, replace(data_type, 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ')
        from information_schema.columns
        where table_schema in ('marketo', 'salesforce', 'bombora', 'g2')
        order by table_schema, table_name, ordinal_position
    """).fetchall()
    found: dict[tuple[str, str], dict[str, str]] = {}
    for source, table, column, kind in columns:
        found.setdefault((source, table), {})[column] = kind
    assert found == raw_schema.tables()


def test_every_table_has_rows_and_the_count_is_returned(tmp_path: Path) -> None:
    rows = simulate(tmp_path / "world", 2000, 12, seed=2, end=END, progress=False)
    with duckdb.connect(str(tmp_path / "world")) as connection:
        assert {name: connection.sql(f"from {name}").count("*").fetchall()[0][0] for name in rows} == rows
    assert set(rows) >= {f"{source}.{table}" for source, table in raw_schema.tables()}
    assert [name for name, count in rows.items() if count == 0] == []


@pytest.mark.parametrize(("leads", "months"), [(1, 1), (2, 3), (40, 1)])
def test_smallest_worlds(tmp_path: Path, leads: int, months: int) -> None:
    rows = simulate(tmp_path / "world", leads, months, seed=0, end=END, progress=False)
    assert rows["marketo.lead"] + rows["salesforce.lead"] >= 1


def test_other_schemas_stay_and_former_world_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "world"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema mine; create table mine.kept as select 1 as x; create schema marketo")
        connection.execute("create table marketo.lead as select 'old' as id")
        connection.execute("create schema truth; create table truth.person as select 1 as person_id")
    simulate(path, 50, 2, seed=0, end=END, progress=False)
    with duckdb.connect(str(path)) as connection:
        assert connection.sql("from mine.kept").fetchall() == [(1,)]
        assert connection.sql("select count(*) from marketo.lead where id::varchar = 'old'").fetchall() == [(0,)]


def test_interrupted_run_leaves_the_former_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "world"
    simulate(path, 50, 2, seed=0, end=END, progress=False)
    before = contents(path)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("leadscore.simulate.world.write_truth", interrupt)
    with pytest.raises(KeyboardInterrupt):
        simulate(path, 60, 3, seed=1, end=END, progress=False)
    assert contents(path) == before


@pytest.mark.parametrize(("leads", "months", "seed"), [(0, 12, 1), (-5, 12, 1), (10, 0, 1), (10, 3, -1), (10, 900, 1)])
def test_impossible_arguments_are_refused(tmp_path: Path, leads: int, months: int, seed: int) -> None:
    with pytest.raises(LeadscoreError, match=r"--leads|--months|--seed|fewer months"):
        simulate(tmp_path / "world", leads, months, seed=seed, end=END, progress=False)
    assert not (tmp_path / "world").exists()


def test_missing_folder_and_foreign_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LeadscoreError, match="does not exist: create it"):
        simulate(tmp_path / "no" / "world", 10, 2, seed=1, end=END, progress=False)
    (tmp_path / "text").write_text("not a database " * 500)
    with pytest.raises(LeadscoreError, match="cannot be opened"):
        simulate(tmp_path / "text", 10, 2, seed=1, end=END, progress=False)


def test_somebodys_own_tables_are_not_replaced(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "own")) as connection:
        connection.execute("create schema salesforce")
        connection.execute("create table salesforce.lead as select '00Q1' as id")
    with pytest.raises(LeadscoreError, match=r"not simulated \(salesforce.lead"):
        simulate(tmp_path / "own", 10, 2, seed=1, end=END, progress=False)
    with duckdb.connect(str(tmp_path / "own")) as connection:
        assert connection.execute("select id from salesforce.lead").fetchall() == [("00Q1",)]


# True to its own truth


def test_about_two_percent_convert_within_90_days(snapshots: pd.DataFrame) -> None:
    assert 0.010 < snapshots["label"].mean() < 0.035


def test_true_probability_is_calibrated(snapshots: pd.DataFrame) -> None:
    """In every band of probability the realised rate agrees; colleagues convert together, hence the slack."""
    assert snapshots["probability"].mean() == pytest.approx(snapshots["label"].mean(), rel=0.2)
    band = pd.cut(snapshots["probability"], [0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0])
    table = snapshots.groupby(band, observed=True).agg(
        said=("probability", "mean"), came=("label", "mean"), people=("person_id", "nunique")
    )
    noise = 4 * np.sqrt(table["said"] * (1 - table["said"]) / table["people"])
    assert (np.abs(table["said"] - table["came"]) < noise + 0.003).all(), table


def test_closed_form_equals_lived_journeys(lives: tuple[pd.DataFrame, pd.DataFrame, Journeys]) -> None:
    """Over every state (stage, urged, involved), what was computed is what happened, within four standard errors."""
    firms, crowd, world = lives
    week, weeks = 20, 12  # whole weeks, so that no conversion has to be divided
    said = chain.converts_within(7 * weeks)[
        firms["fit_bin"].to_numpy()[crowd["company"]],
        crowd["propensity_bin"],
        world.stage[week][crowd["company"]],
        world.urged[week][crowd["company"]].astype(int),
        world.involved[week].astype(int),
    ]
    when = world.conversions["week"].to_numpy()[world.joiners["conversion"]]
    chosen = world.joiners["person"].to_numpy()[(when >= week) & (when < week + weeks)]
    came = np.isin(np.arange(len(crowd)), chosen)
    state = world.stage[week][crowd["company"]] * 2 + world.involved[week]
    table = (
        pd.DataFrame({"state": state, "said": said, "came": came, "company": crowd["company"]})
        .groupby("state")
        .agg(said=("said", "mean"), came=("came", "mean"), companies=("company", "nunique"))
    )
    noise = 4 * np.sqrt(table["said"] * (1 - table["said"]) / table["companies"])
    assert (np.abs(table["said"] - table["came"]) <= noise + 1e-4).all(), table


def test_probability_intervals_are_disjoint_and_end_at_conversion(world: duckdb.DuckDBPyConnection) -> None:
    assert (
        one(
            world,
            """
        select count(*) from (
            select valid_to, lead(valid_from) over (partition by person_id order by valid_from) as following
            from truth.conversion_probability
        ) where following <> valid_to
    """,
        )
        == 0
    )
    assert one(world, "select count(*) from truth.conversion_probability where valid_from >= valid_to") == 0
    assert (
        one(
            world,
            """
        select count(*) from truth.conversion_probability join converted using (person_id)
        where valid_to > converted_at::date + 1
    """,
        )
        == 0
    )


def test_ceiling_leaves_something_to_learn_and_something_to_chance(snapshots: pd.DataFrame) -> None:
    positive = snapshots.loc[snapshots["label"], "probability"].to_numpy()
    negative = np.sort(snapshots.loc[~snapshots["label"], "probability"].to_numpy())
    below = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
    assert 0.82 < below.mean() / 2 / len(negative) < 0.95


# What was planted can be found


def test_channels_differ_in_quality(world: duckdb.DuckDBPyConnection) -> None:
    rate = dict(
        world.sql("""
        select lead_source, avg(coalesce(converted_at < l.created_at + interval 180 day, false)::int)
        from known join marketo.lead l on known.record_id = 'marketo.lead:' || l.id
        left join converted using (person_id)
        where lead_source is not null group by 1
    """).fetchall()
    )
    good = (rate["Partner Referral"] + rate["Conference"]) / 2
    assert good > rate["Organic Search"] > (rate["Paid Social"] + rate["Content Syndication"]) / 2


def test_ai_is_curiosity_before_the_switch_and_buying_after(world: duckdb.DuckDBPyConnection) -> None:
    share = {
        (after, involved): value
        for after, involved, value in world.sql("""
            select occurred_at >= value::date, involved and stage in ('researching', 'evaluating', 'deciding'),
                   avg((webpage_url like '%/blog/ai-%' or webpage_url like '%/resources/ai-%')::int)
            from touches
            join truth.conversion_probability t using (person_id)
            join truth.planted_effects on effect = 'ai_switch' and parameter = 'date'
            where occurred_at >= valid_from and occurred_at < valid_to
            group by all
        """).fetchall()
    }
    assert share[False, True] < share[False, False]
    assert share[True, True] > 3 * share[True, False]


def test_fast_answers_move_companies_on(lives: tuple[pd.DataFrame, pd.DataFrame, Journeys]) -> None:
    world = lives[2]
    hands = world.hands[(world.hands["week"] < len(world.stage) - 14)].reset_index()
    hands = hands[~world.urged[hands["week"], hands["company"]]]
    bought = hands.merge(world.conversions, on="company", suffixes=("", "_bought"))
    bought = bought[(bought["week_bought"] > bought["week"]) & (bought["week_bought"] <= bought["week"] + 13)]
    rate = hands["index"].isin(bought["index"]).groupby(hands["quick"]).mean()
    assert rate[True] > rate[False] + 0.05


def test_fast_answers_are_tasks_within_a_day(world: duckdb.DuckDBPyConnection) -> None:
    """Of the first raised hands about the planted share has a task within 24 hours; cadences add some by chance."""
    share = one(
        world,
        """
        with hands as (
            select p.person_id, min(activity_date) as asked_at
            from marketo.activity_fill_out_form f
            join truth.record_person p on p.record_id = 'marketo.lead:' || f.lead_id
            where primary_attribute_value in ('Demo Request', 'Contact Sales', 'Pricing Enquiry', 'ROI Calculator')
            group by 1
        ), answers as (
            select person_id, created_date from salesforce.task t join known k on k.id = t.who_id
        )
        select avg(exists(
            select 1 from answers a
            where a.person_id = h.person_id and created_date between asked_at and asked_at + interval 24 hour
        )::int) from hands h
    """,
    )
    assert chain.QUICK_ANSWER - 0.08 < share < chain.QUICK_ANSWER + 0.15


def test_buying_groups_move_together(lives: tuple[pd.DataFrame, pd.DataFrame, Journeys]) -> None:
    """Somebody whose colleague is involved is far likelier to be involved than somebody anywhere."""
    _, crowd, world = lives
    involved = pd.Series(world.involved[50])
    others = involved.groupby(crowd["company"]).transform("sum") - involved
    assert involved[others > 0].mean() > 5 * involved.mean()


def test_nobody_is_involved_beyond_their_propensity(lives: tuple[pd.DataFrame, pd.DataFrame, Journeys]) -> None:
    _, crowd, world = lives
    rate = pd.Series(world.involved[50]).groupby(crowd["propensity_bin"]).mean()
    assert list(rate.index) == list(range(len(PROPENSITIES)))
    assert rate.is_monotonic_increasing


def test_companies_that_never_buy_surge_too(world: duckdb.DuckDBPyConnection) -> None:
    assert (
        one(
            world,
            """
        select avg((domain not in (
            select p.domain from truth.person p join converted using (person_id) where p.domain is not null
        ))::int) from bombora.company_surge where composite_score >= 60
    """,
        )
        > 0.4
    )


def test_planted_effects_are_written_down(world: duckdb.DuckDBPyConnection) -> None:
    found = {row[0] for row in world.sql("select distinct effect from truth.planted_effects").fetchall()}
    assert found >= {"ai_switch", "fast_response", "buying_group", "channel_quality", "horizon"}


# Dirt, in each named form

DIRT = {
    "one person in two systems": """(
        select person_id from known group by 1 having count(distinct split_part(record_id, ':', 1)) > 1
    )""",
    "two records in one system": """(
        select person_id from known where record_id like 'marketo%' and not is_deleted group by 1 having count(*) > 1
    )""",
    "private addresses": """
        known where split_part(plain_email(email), '@', 2) in ('gmail.com', 'outlook.com', 'yahoo.com', 'hotmail.com')
    """,
    "nicknames": """
        known k join truth.person p using (person_id)
        where (p.first_name, k.first_name) in (('Robert', 'Bob'), ('Michael', 'Mike'), ('Thomas', 'Tom'))
    """,
    "typos in family names": """
        known k join truth.person p using (person_id)
        where damerau_levenshtein(lower(strip_accents(k.last_name)), lower(strip_accents(p.last_name))) = 1
    """,
    "accents lost": """
        known k join truth.person p using (person_id)
        where p.last_name <> strip_accents(p.last_name) and k.last_name = strip_accents(p.last_name)
    """,
    "accents kept": "known where last_name <> strip_accents(last_name)",
    "mixed case": "known where email <> lower(email)",
    "blanks around": "known where email <> trim(email)",
    "job changes": """
        known k join truth.person p using (person_id)
        where split_part(plain_email(k.email), '@', 2) not in (p.domain, 'gmail.com')
        and split_part(plain_email(k.email), '@', 1) = split_part(p.email, '@', 1)
    """,
    "missing titles": "marketo.lead where title is null",
    "missing countries": "salesforce.lead where country is null",
    "missing addresses": "salesforce.lead where email is null",
    "merged in Marketo": """
        marketo.activity_merge_leads a join marketo.lead l on a.merge_ids = '[' || l.id || ']'
        where l._fivetran_deleted
    """,
    "merged in Salesforce": """
        salesforce.lead l join salesforce.lead m on l.master_record_id = m.id where l.is_deleted and not m.is_deleted
    """,
    "deleted in Marketo": """
        marketo.activity_delete_lead a join marketo.lead l on a.lead_id = l.id where l._fivetran_deleted
    """,
    "deleted in Salesforce": "salesforce.lead where is_deleted and master_record_id is null",
    "late rows": "marketo.activity_visit_webpage where _fivetran_synced > activity_date + interval 2 day",
    "opt-outs": "marketo.activity_unsubscribe_email a join marketo.lead l on l.id = a.lead_id where unsubscribed",
    "bounces": "marketo.activity_email_bounced a join marketo.lead l on l.id = a.lead_id where l.email_invalid",
    "test records": "marketo.lead where company = 'Test Company' and last_name = 'Test'",
    "flagged bot clicks": "marketo.activity_click_email where is_bot_activity and bot_activity_pattern is not null",
    "bot clicks not flagged": "marketo.activity_click_email where not is_bot_activity and user_agent like '%Scanner%'",
    "converted by contact role only": """
        converted where person_id not in (
            select person_id from known join salesforce.lead using (id) where is_converted
        )
    """,
    "accounts entered twice": """(
        select p.domain from salesforce.account a
        join (select distinct company_name, domain from truth.person) p on starts_with(p.company_name, a.name)
        group by 1 having count(distinct a.id) > 1
    )""",
    "subsidiaries": "salesforce.account where parent_id is not null",
}


@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in DIRT.items()])
def test_dirt_is_there(world: duckdb.DuckDBPyConnection, rows: str) -> None:
    assert one(world, f"select count(*) from {rows}") > 0


def test_most_duplicates_share_an_address_or_a_link(world: duckdb.DuckDBPyConnection) -> None:
    share = one(
        world,
        """
        select avg((coalesce(plain_email(a.email) = plain_email(b.email), false)
                    or list_contains(a.links, b.id) or list_contains(b.links, a.id))::int)
        from known a join known b on a.person_id = b.person_id and a.record_id < b.record_id
        where not a.is_deleted and not b.is_deleted
    """,
    )
    assert 0.6 < share < 0.9


def test_bots_are_flagged_about_half_of_the_time(world: duckdb.DuckDBPyConnection) -> None:
    share = one(
        world, "select avg(is_bot_activity::int) from marketo.activity_click_email where user_agent like '%Scanner%'"
    )
    assert 0.35 < share < 0.65


def test_activity_is_plentiful_and_heavy_tailed(world: duckdb.DuckDBPyConnection) -> None:
    tables = [table for source, table in raw_schema.tables() if source == "marketo" and table.startswith("activity_")]
    total = sum(one(world, f"select count(*) from marketo.{table}") for table in tables)
    total += one(world, "select count(*) from salesforce.task") + one(world, "select count(*) from salesforce.event")
    assert 24 < total / LEADS < 42
    visits = world.sql("select count(*) as n from touches group by person_id").df()["n"]
    assert visits.max() > 8 * visits.mean()


def test_people_act_at_office_hours_of_their_place(world: duckdb.DuckDBPyConnection) -> None:
    hour = dict(
        world.sql("""
        select country, median(hour(activity_date))
        from marketo.activity_visit_webpage a join marketo.lead l on l.id = a.lead_id
        where country in ('United States', 'Germany', 'India') group by 1
    """).fetchall()
    )
    assert hour["India"] < hour["Germany"] < hour["United States"]
    assert one(world, "select avg((isodow(activity_date) < 6)::int) from marketo.activity_visit_webpage") > 0.85


# References and time

KEYS = [
    ("marketo.activity_visit_webpage", "lead_id", "marketo.lead"),
    ("marketo.activity_send_email", "lead_id", "marketo.lead"),
    ("marketo.activity_fill_out_form", "lead_id", "marketo.lead"),
    ("marketo.activity_merge_leads", "lead_id", "marketo.lead"),
    ("marketo.activity_change_status_in_progression", "primary_attribute_value_id", "marketo.program"),
    ("marketo.program_membership", "id", "marketo.lead"),
    ("marketo.program_membership", "program_id", "marketo.program"),
    ("marketo.program", "sfdc_id", "salesforce.campaign"),
    ("marketo.lead", "sfdc_lead_id", "salesforce.lead"),
    ("marketo.lead", "sfdc_contact_id", "salesforce.contact"),
    ("marketo.lead", "sfdc_account_id", "salesforce.account"),
    ("salesforce.lead", "converted_contact_id", "salesforce.contact"),
    ("salesforce.lead", "converted_account_id", "salesforce.account"),
    ("salesforce.lead", "converted_opportunity_id", "salesforce.opportunity"),
    ("salesforce.lead", "master_record_id", "salesforce.lead"),
    ("salesforce.lead", "owner_id", "salesforce.user"),
    ("salesforce.contact", "account_id", "salesforce.account"),
    ("salesforce.account", "parent_id", "salesforce.account"),
    ("salesforce.opportunity", "account_id", "salesforce.account"),
    ("salesforce.opportunity_contact_role", "opportunity_id", "salesforce.opportunity"),
    ("salesforce.opportunity_contact_role", "contact_id", "salesforce.contact"),
    ("salesforce.campaign_member", "campaign_id", "salesforce.campaign"),
    ("salesforce.campaign_member", "lead_id", "salesforce.lead"),
    ("salesforce.campaign_member", "contact_id", "salesforce.contact"),
]


@pytest.mark.parametrize(("table", "column", "parent"), KEYS)
def test_references_hold(world: duckdb.DuckDBPyConnection, table: str, column: str, parent: str) -> None:
    lost = f"select count(*) from {table} where {column} is not null and {column} not in (select id from {parent})"
    assert one(world, lost) == 0
    assert one(world, f"select count({column}) from {table}") > 0


@pytest.mark.parametrize("table", ["task", "event"])
def test_sales_activities_are_of_a_lead_or_contact(world: duckdb.DuckDBPyConnection, table: str) -> None:
    assert one(world, f"select count(*) from salesforce.{table} where who_id not in (select id from known)") == 0


def test_ids_are_unique_and_salesforce_ids_have_18_characters(world: duckdb.DuckDBPyConnection) -> None:
    for source, table in raw_schema.tables():
        if "id" not in raw_schema.tables()[source, table] or table == "program_membership":
            continue
        assert one(world, f'select count(*) - count(distinct id) from {source}."{table}"') == 0, table
        if source == "salesforce":
            assert one(world, f'select count(*) from salesforce."{table}" where length(id) <> 18') == 0, table


def test_nothing_happens_on_or_after_the_end(world: duckdb.DuckDBPyConnection) -> None:
    """Only what lies in the future by its nature may: closing dates and programs announced."""
    allowed = {
        ("opportunity", "close_date"),
        ("program", "start_date"),
        ("program", "end_date"),
        ("campaign", "start_date"),
        ("campaign", "end_date"),
        ("event", "end_date_time"),
    }
    for (source, table), columns in raw_schema.tables().items():
        for column, kind in columns.items():
            if kind in ("TIMESTAMPTZ", "DATE") and (table, column) not in allowed:
                late = f'select count(*) from {source}."{table}" where "{column}" >= \'{END}\'::timestamptz'
                assert one(world, late) == 0, (table, column)


def test_history_begins_when_it_says(world: duckdb.DuckDBPyConnection) -> None:
    start = pd.Timestamp(END) - pd.DateOffset(months=MONTHS)
    assert one(world, f"select count(*) from marketo.lead where created_at < '{start}'::timestamptz") == 0
    assert one(world, f"select count(*) from salesforce.account where created_date < '{start}'::timestamptz") > 0


def test_nobody_acts_before_being_known_but_on_the_web(world: duckdb.DuckDBPyConnection) -> None:
    """Visits up to 21 days before a lead gave a name may be added to it afterwards; nothing else comes before it."""
    tables = [table for source, table in raw_schema.tables() if source == "marketo" and table.startswith("activity_")]
    for table in tables:
        days = 21 if table == "activity_visit_webpage" else 0
        early = f"""
            select count(*) from marketo.{table} a join marketo.lead l on l.id = a.lead_id
            where activity_date < created_at - interval {days} day
        """
        assert one(world, early) == 0, table
    assert (
        one(
            world,
            "select count(*) from salesforce.task t join known k on k.id = t.who_id where created_date < created_at",
        )
        == 0
    )


def test_leads_become_contacts_at_conversion(world: duckdb.DuckDBPyConnection) -> None:
    assert (
        one(
            world,
            """
        select count(*) from salesforce.lead l join salesforce.contact c on c.id = l.converted_contact_id
        join salesforce.opportunity o on o.id = l.converted_opportunity_id
        where l.converted_date <> c.created_date or l.converted_date <> o.created_date
        or l.created_date >= l.converted_date
    """,
        )
        == 0
    )
    filled = one(
        world,
        """
        select avg((title is not null)::int) from salesforce.contact
        where id in (select converted_contact_id from salesforce.lead)
        """,
    )
    assert filled > one(world, "select avg((title is not null)::int) from salesforce.lead") + 0.05


def test_lead_creation_grows_slowly(world: duckdb.DuckDBPyConnection) -> None:
    half = pd.Timestamp(END) - pd.DateOffset(months=MONTHS // 2)
    later = one(world, f"select avg((created_at >= '{half}'::timestamptz)::int) from marketo.lead")
    assert 0.48 < later < 0.65
