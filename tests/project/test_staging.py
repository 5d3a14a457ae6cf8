"""Staging reads what connectors and people really land, and says in plain words what it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from dbt_runner import CompletedResult, read_rows, run_dbt, write_tables
from warm_dbt import WarmDbt

from leadscore import raw_schema

AS_OF = {"as_of": "2025-07-01"}
BUILD = ["build", "--select", "staging"]
RUN = ["run", "--select", "staging"]

Query = Callable[[str], list[tuple[Any, ...]]]


# What a connector, a CSV load and a hand-made table may look like, all at once. Local times are Berlin's.
UNTIDY_TABLES = {
    # All text, upper-case names, blanks, repeated and lacking ids, every way to write a time.
    "salesforce.lead": """
        select * from (values
            ('00Q1', ' Old@one.com', '2025-01-01 10:00:00', '', '', '', '', '', '100', '2025-01-02 00:00:00'),
            ('00Q1', ' New@one.com ', '2025-01-01 10:00:00', '', '', '', '', 'yes', '100.0', '2025-02-02 00:00:00'),
            ('00Q2', 'two@b.com', '2025-01-01T10:00:00.000Z', 'FALSE', '', '2025-07-01 02:00:00', '0032', '0', '', ''),
            ('00Q3', 'three@b.com', '2025-01-01 10:00:00 UTC', 'true', '', '', '', '', '', ''),
            ('00Q4', 'four@b.com', '2025-01-01 10:00:00 -0500', 'true', '2025-07-02 00:00:00', '', '', '', 'many', ''),
            ('00Q5', 'later@b.com', '2025-07-01 00:00:00+00', '', '', '', '', '', '', ''),
            ('00Q6', 'six@b.com', '2025-01-01', '1', '2025-06-01 00:00:00', '', '', '', '', ''),
            ('00Q7', 'seven@b.com', '2025-01-01 10:00:00+02:00', '1', '2025-07-02 00:00:00', '', '', '', '', ''),
            ('', 'nobody@b.com', '2025-01-01', '', '', '', '', '', '', '')
        ) as t ("ID", "EMAIL", "CREATED_DATE", "IS_DELETED", "LAST_MODIFIED_DATE", "CONVERTED_DATE",
                "CONVERTED_CONTACT_ID", "HAS_OPTED_OUT_OF_EMAIL", "NUMBER_OF_EMPLOYEES", "_FIVETRAN_SYNCED")
        """,
    # Columns of other types than declared: flags as numbers, days as text or timestamps, timestamps without zone.
    "salesforce.opportunity": """
        select
            'opportunity ' || n as id, timestamp '2025-05-01 02:00:00' as created_date, closed as is_closed,
            closed as is_won, close_date, 'stage ' || n as stage_name
        from (values (1, 1, '2025-06-30'), (2, 1, '2025-07-01'), (3, 0, '2025-06-01')) as t (n, closed, close_date)
        """,
    "salesforce.account": """
        select 'a' as id, null as master_record_id, false as is_deleted, timestamptz '-infinity' as created_date,
            timestamptz '2025-01-01' as last_modified_date
        union all select 'b', 'a', true, null, timestamptz '2025-06-30 23:59:59'
        union all select 'c', 'a', true, null, timestamptz '2025-07-01'
        """,
    "salesforce.campaign": "select 'Summit' as name",
    "salesforce.task": """
        select 'T' || n as id, who_id, timestamptz '2025-03-01' as created_date, done as completed_date_time,
            day as activity_date, status
        from (values
            (1, '00Q1', timestamptz '2025-03-02 09:30:00', null, 'Completed'),
            (2, '00Q1', null, date '2025-03-03', 'Completed'),
            (3, '00Q1', timestamptz '2025-07-02', date '2025-03-03', 'Completed'),
            (4, '00Q1', null, date '2025-03-03', 'Not Started')
        ) as t (n, who_id, done, day, status)
        """,
    "salesforce.campaign_member": """
        select 'M' || n as id, timestamp '2025-05-01' as created_date, true as has_responded, 'Attended' as status,
            responded as first_responded_date
        from (values (1, date '2025-06-30'), (2, date '2025-07-01')) as t (n, responded)
        """,
    # Ids as a spreadsheet makes them.
    "marketo.lead": """
        select n::double as id, timestamptz '2025-01-01' as created_at, null as country, 'Brazil' as inferred_country,
            n in (105, 106) as _fivetran_deleted,
            timestamptz '2025-06-01' + to_days(if(n = 106, 60, 0)) as _fivetran_synced
        from range(101, 107) as t (n)
        """,
    "marketo.activity_delete_lead": """
        select 1 as id, 102 as lead_id, timestamptz '2025-06-01' as activity_date union all
        select 2, 104, timestamptz '2025-07-01'
        """,
    "marketo.activity_merge_leads": """
        select 1 as id, 101 as lead_id, timestamptz '2025-06-01' as activity_date, '[103, 101]' as merge_ids union all
        select 2, 101, timestamptz '2025-07-01', '[104]'
        """,
    "marketo.activity_click_email": """
        select n as id, lead_id, timestamptz '2025-06-01 12:00:00' + to_seconds(s) as activity_date,
            9 as campaign_run_id, link, user_agent, is_bot_activity
        from (values
            (1, 101, 0, '/a', 'Mozilla', false),
            (2, 101, 1, '/b', 'Mozilla', false),
            (3, 101, 9, '/c', 'Mozilla', false),
            (4, 101, 60, '/a', 'Mozilla', false),
            (5, 101, 61, '/a', 'Mozilla', false),
            (6, 101, 62, '/b', 'Mozilla', null),
            (7, 106, 0, '/a', 'Mozilla', true),
            (8, 106, 60, '/a', 'BarracudaCentral/1.0', false),
            (9, 106, 90, '/a', 'Mozilla/5.0 (Linux; CUBOT X30)', false)
        ) as t (n, lead_id, s, link, user_agent, is_bot_activity)
        """,
    "marketo.program_membership": """
        select 101 as id, program_id, timestamptz '2025-06-01' as membership_date, 'Attended' as progression_status,
            true as reached_success, timestamptz '2025-06-30' + to_days(program_id::integer) as reached_success_date
        from (values (0), (0), (1)) as t (program_id)
        """,
    # The same row twice, and the same domain in another case; the metro area is not there at all.
    "bombora.company_surge": """
        select domain, 'AI' as topic_name, date '2025-06-29' as date, '71.5' as composite_score
        from (values ('one.com'), ('one.com'), ('One.com')) as t (domain)
        """,
    "g2.buyer_intent": """
        select 'One.com' as company_domain, 'Pricing Page' as signal_type, '2025-06-30T12:00:00Z' as time,
            n as visitor_count
        from range(2) as t (n)
        """,
}


@pytest.fixture(scope="module")
def untidy(dbt: WarmDbt, tmp_path_factory: pytest.TempPathFactory) -> tuple[CompletedResult, Query]:
    database = tmp_path_factory.mktemp("untidy") / "world.duckdb"
    write_tables(database, UNTIDY_TABLES)
    result = dbt.run(BUILD, database, AS_OF | {"source_time_zone": "Europe/Berlin"})
    return result, lambda query: read_rows(database, query)


def test_an_untidy_world_builds(untidy: tuple[CompletedResult, Query]) -> None:
    result, _ = untidy
    assert result.ok, result.output


def test_what_is_odd_but_optional_is_a_warning(untidy: tuple[CompletedResult, Query]) -> None:
    output = untidy[0].output
    assert "1 of 9 rows of salesforce.lead have no id and are left out." in output
    assert (
        "Column salesforce.lead.number_of_employees holds values that cannot be read as integer: 1 of 9 rows, "
        "for example 'many'." in output
    )
    assert "Column salesforce.account.created_date holds values that cannot be read as timestamp: 1 of 3 rows" in output
    assert "Column salesforce.campaign.id (The campaign's id) is missing" in output


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(
            "select salesforce_lead_id, created_at from analytics_staging.stg_salesforce__lead order by 1",
            [
                ("00Q1", datetime(2025, 1, 1, 9)),
                ("00Q2", datetime(2025, 1, 1, 10)),
                ("00Q4", datetime(2025, 1, 1, 15)),
                ("00Q7", datetime(2025, 1, 1, 8)),
            ],
            id="times are UTC, deleted and later rows are out, rows deleted later are in",
        ),
        pytest.param(
            "select email, employee_count, has_opted_out from analytics_staging.stg_salesforce__lead "
            "where salesforce_lead_id = '00Q1'",
            [("New@one.com", 100, True)],
            id="of a repeated id the row synced last is kept",
        ),
        pytest.param(
            "select converted_at, converted_contact_id from analytics_staging.stg_salesforce__lead "
            "where salesforce_lead_id = '00Q2'",
            [(None, None)],
            id="a conversion at as_of is not known",
        ),
        pytest.param(
            "select opportunity_id[-1:], created_at, is_closed, is_won, stage_name, closed_on "
            "from analytics_staging.stg_salesforce__opportunity order by 1",
            [
                ("1", datetime(2025, 5, 1), True, True, "stage 1", date(2025, 6, 30)),
                ("2", datetime(2025, 5, 1), False, False, None, None),
                ("3", datetime(2025, 5, 1), False, False, "stage 3", None),
            ],
            id="an opportunity closed at as_of is open",
        ),
        pytest.param(
            "select salesforce_account_id, created_at from analytics_staging.stg_salesforce__account order by 1",
            [("a", None), ("c", None)],
            id="a row without a date stands; one merged later stands",
        ),
        pytest.param(
            "select merged_record_id, surviving_record_id, merged_at from analytics_staging.stg_salesforce__merge",
            [("salesforce.account:b", "salesforce.account:a", datetime(2025, 6, 30, 23, 59, 59))],
            id="merges before as_of are known",
        ),
        pytest.param(
            "select task_id, occurred_at from analytics_staging.stg_salesforce__task order by 1",
            [("T1", datetime(2025, 3, 2, 9, 30)), ("T2", datetime(2025, 3, 3))],
            id="only tasks done before as_of",
        ),
        pytest.param(
            "select has_responded, member_status, responded_at from analytics_staging.stg_salesforce__campaign_member "
            "order by campaign_member_id",
            [(True, "Attended", datetime(2025, 6, 30)), (False, None, None)],
            id="a response at as_of is not known",
        ),
        pytest.param(
            "select marketo_lead_id, country from analytics_staging.stg_marketo__lead order by 1",
            [(101, "Brazil"), (104, "Brazil"), (106, "Brazil")],
            id="marketo leads deleted or merged before as_of are out",
        ),
        pytest.param(
            "select merged_record_id, surviving_record_id from analytics_staging.stg_marketo__activity_merge_leads",
            [("marketo.lead:103", "marketo.lead:101")],
            id="a survivor named in its own merge is not merged",
        ),
        pytest.param(
            "select activity_id from analytics_staging.stg_marketo__activity_click_email where is_bot order by 1",
            [(1,), (2,), (3,), (7,), (8,)],
            id="machines are those flagged, those that say so and those that click everything at once",
        ),
        pytest.param(
            "select program_membership_id, progression_status, reached_success "
            "from analytics_staging.stg_marketo__program_membership order by 1",
            [("0-101", "Attended", True), ("1-101", None, False)],
            id="a key of two columns; a success at as_of is not known",
        ),
        pytest.param(
            "select domain, composite_score, published_on from analytics_staging.stg_bombora__company_surge",
            [("one.com", 71.5, date(2025, 6, 29))] * 2,
            id="an absent key column takes no part",
        ),
        pytest.param(
            "select domain, signal_type, visitor_count, occurred_at from analytics_staging.stg_g2__buyer_intent",
            [("one.com", "pricing_page", 0, datetime(2025, 6, 30, 12))],
            id="one signal once",
        ),
        pytest.param(
            "select * from analytics_staging.stg_salesforce__campaign", [], id="a table without its key is empty"
        ),
        pytest.param("select * from analytics_staging.stg_marketo__program", [], id="an absent table is empty"),
    ],
)
def test_untidy_tables_are_read_right(
    untidy: tuple[CompletedResult, Query], query: str, expected: list[tuple[Any, ...]]
) -> None:
    assert untidy[1](query) == expected


def test_what_cannot_be_built_is_said_in_one_message(tmp_path: Path) -> None:
    database = tmp_path / "world.duckdb"
    write_tables(
        database,
        {
            "crm.lead": "select '00Q1' as id",
            "crm.opportunity": "select 'a' as id, unnest(['2025-01-01', 'soon', 'yesterday']) as created_date",
            "marketo.activity_visit_webpage": "select 1 as id, 2 as lead_id, 1719792000 as activity_date",
        },
    )
    result = run_dbt(RUN, database, AS_OF | {"salesforce_schema": "crm"})
    assert not result.ok
    for part in [
        "Table marketo.lead is not in database 'world', schema 'marketo'. It is needed for the people marketing talks "
        "to. Set the variables marketo_schema and marketo_database to where your connector lands it, or "
        "marketo_enabled: false to build without marketo.",
        "Column salesforce.lead.created_date (When the lead was entered) is missing in database 'world', schema 'crm'.",
        "Column salesforce.opportunity.created_date holds values that cannot be read as timestamp: 2 of 3 rows, "
        "for example 'soon'. Correct them where the table is loaded",
        "Column marketo.activity_visit_webpage.activity_date holds values that cannot be read as timestamp: 1 of 1 "
        "rows, for example '1719792000'.",
    ]:
        assert part in result.output
    assert "Traceback" not in result.output
    assert read_rows(database, "select * from information_schema.tables where table_schema like 'analytics%'") == []


def test_switched_off_sources_are_empty(dbt: WarmDbt, tmp_path: Path) -> None:
    database = tmp_path / "world.duckdb"
    write_tables(database, {"marketo.lead": "select 1 as id"})
    result = dbt.run(RUN, database, AS_OF | {f"{source}_enabled": False for source in raw_schema.SOURCES})
    assert result.ok, result.output
    assert "no lead counts as converted" in result.output
    assert_all_empty(database)


def test_empty_tables_are_empty(dbt: WarmDbt, tmp_path: Path) -> None:
    database = tmp_path / "world.duckdb"
    write_tables(
        database,
        {
            f'{source}."{table}"': "select "
            + ", ".join(f'null::{kind} as "{name}"' for name, kind in columns.items())
            + " where false"
            for (source, table), columns in raw_schema.tables().items()
        },
    )
    result = dbt.run(RUN, database, AS_OF)
    assert result.ok, result.output
    assert "Table salesforce.lead is empty. It is needed for the people sales works on." in result.output
    assert "cannot be read" not in result.output
    assert_all_empty(database)


def assert_all_empty(database: Path) -> None:
    views = read_rows(
        database, "select table_name from information_schema.tables where table_schema = 'analytics_staging'"
    )
    assert len(views) > 30
    union = " union all ".join(f"select count(*) as n from analytics_staging.{view}" for (view,) in views)
    assert read_rows(database, f"select sum(n) from ({union})") == [(0,)]
