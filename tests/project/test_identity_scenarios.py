"""The hard shapes of identity, by name: what docs/identity_scenarios.md says of each is what a build makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dbt_runner import REPO, read_rows
from warm_dbt import WarmDbt
from worlds import VARIABLES, connect, copied

IDENTITY = ["run", "--select", "+lead_source_records", "+fct_lead_identity_changes", "+fct_lead_match_review"]
SEEDS = ["seed", "--select", "+lead_source_records"]
BEFORE, AFTER, NEXT = date(2025, 6, 1), date(2025, 7, 1), date(2025, 7, 2)
"""The runs: what is dated between the first two is known to the second alone."""
LATE = "2025-06-15 10:00:00"

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """Raw rows by table, with which records are one person after the second run, and before it where that differs."""

    name: str
    rows: Mapping[str, Sequence[Record]]
    persons: Sequence[set[str]]
    before: Sequence[set[str]] = field(default=())


def marketo(number: int, **values: Any) -> Record:
    return {"id": number, "created_at": "2025-02-01 09:00:00", **values}


def crm(number: str, **values: Any) -> Record:
    return {"id": number, "created_date": "2025-03-01 09:00:00", **values}


ADAEZE = {"first_name": "Adaeze", "last_name": "Okonkwo"}
SCENARIOS = [
    Scenario(
        "chain",
        {
            "marketo.lead": [
                marketo(
                    1,
                    email="t.eskildsen@nordvik-pumps.dk",
                    first_name="Thorvald",
                    last_name="Eskildsen",
                    phone="+45 3312 9987",
                )
            ],
            "salesforce.lead": [
                crm(
                    "CH1",
                    email="thorvald@eskildsen-family.dk",
                    first_name="Thorvald",
                    last_name="Eskildsen",
                    phone="004533129987",
                    company="Nordvik",
                ),
                crm("CH2", email="thorvald@eskildsen-family.dk", last_name="Eskildsen", company="Private"),
            ],
        },
        [{"marketo.lead:1", "salesforce.lead:CH1", "salesforce.lead:CH2"}],
    ),
    Scenario(
        "fan-in",
        {
            "marketo.lead": [
                marketo(11, email="marisol.etxeberria@zubia-metal.es", first_name="Marisol", last_name="Etxeberria"),
                marketo(12, email="marisol.etxebarria@zubia-metal.es", first_name="Marisol", last_name="Etxebarria"),
                marketo(13, email="metxeberria@zubia-metal.es", first_name="Marisol", last_name="Etxeberria"),
            ],
            "salesforce.lead": [
                crm(
                    "FI1",
                    email="MARISOL.ETXEBERRIA@zubia-metal.es",
                    first_name="Marisol",
                    last_name="ETXEBERRIA",
                    company="Zubia Metal S.A.",
                )
            ],
        },
        [{"marketo.lead:11", "marketo.lead:12", "marketo.lead:13", "salesforce.lead:FI1"}],
    ),
    Scenario(
        "diamond",
        {
            "salesforce.lead": [
                crm(
                    "DI1",
                    first_name="Ilkka",
                    last_name="Saarinen",
                    company="Kuusi Oy",
                    converted_contact_id="DI2",
                    converted_date="2025-04-01 00:00:00",
                )
            ],
            "salesforce.contact": [crm("DI2", first_name="I.", last_name="Saarinen")],
            "marketo.lead": [
                marketo(21, sfdc_lead_id="DI1", email="is@kuusi.fi"),
                marketo(22, sfdc_contact_id="DI2", email="ilkka.s@kuusi.fi"),
            ],
        },
        [{"salesforce.lead:DI1", "salesforce.contact:DI2", "marketo.lead:21", "marketo.lead:22"}],
    ),
    Scenario(
        "late bridge",
        {
            "marketo.lead": [
                marketo(
                    31,
                    email="yusuf.karaca@anadolu-tekstil.com",
                    first_name="Yusuf",
                    last_name="Karaca",
                    country="Turkey",
                ),
                {
                    **marketo(
                        32,
                        email="yusuf.karaca@anadolu-tekstil.com",
                        first_name="Yusuf",
                        last_name="Karaca",
                        phone="+90 212 555 7781",
                    ),
                    "created_at": LATE,
                },
            ],
            "salesforce.lead": [
                crm(
                    "LB1",
                    email="ykaraca@bosphorus-logistics.com",
                    first_name="Y.",
                    last_name="Karaca",
                    phone="0212 555 7781",
                    company="Bosphorus Logistics",
                )
            ],
        },
        [{"marketo.lead:31", "marketo.lead:32", "salesforce.lead:LB1"}],
        before=[{"marketo.lead:31"}, {"salesforce.lead:LB1"}],
    ),
    Scenario(
        "self-merge",
        {
            "marketo.lead": [
                marketo(41, email="wanjiru.mwangi@savanna-data.ke", first_name="Wanjiru", last_name="Mwangi")
            ],
            "marketo.activity_merge_leads": [
                {"id": 9_000_001, "lead_id": 41, "merge_ids": "[41]", "activity_date": "2025-03-03 00:00:00"}
            ],
        },
        [{"marketo.lead:41"}],
    ),
    Scenario(
        "shared inbox",
        {
            "marketo.lead": [
                marketo(51, email="info@halvorsen-fisk.no", first_name="Sigrun", last_name="Halvorsen"),
                marketo(52, email="info@halvorsen-fisk.no", first_name="Tor", last_name="Vinje"),
            ],
            "salesforce.lead": [crm("SI1", email="info@halvorsen-fisk.no", company="Halvorsen Fisk")],
        },
        [{"marketo.lead:51"}, {"marketo.lead:52"}, {"salesforce.lead:SI1"}],
    ),
    Scenario(
        "family at one phone",
        {
            "marketo.lead": [
                marketo(
                    61,
                    email="the.lindqvists@telia.com",
                    first_name="Annika",
                    last_name="Lindqvist",
                    phone="+46 8 123 4477",
                    address="Storgatan 4",
                    city="Uppsala",
                ),
                marketo(
                    62,
                    email="the.lindqvists@telia.com",
                    first_name="Gustaf",
                    last_name="Lindqvist",
                    phone="+46 8 123 4477",
                    address="Storgatan 4",
                    city="Uppsala",
                ),
            ]
        },
        [{"marketo.lead:61"}, {"marketo.lead:62"}],
    ),
    Scenario(
        "namesakes at one company",
        {
            "marketo.lead": [
                marketo(
                    71,
                    email="wei.zhang@harbin-optics.com",
                    first_name="Wei",
                    last_name="Zhang",
                    title="Financial Controller",
                    phone="+86 451 5551234",
                    lead_source="Webinar",
                )
            ],
            "salesforce.lead": [
                crm(
                    "NA1",
                    email="zhang.wei2@harbin-optics.com",
                    first_name="Wei",
                    last_name="Zhang",
                    title="Software Engineer",
                    phone="+86 451 5559876",
                    company="Harbin Optics",
                    lead_source="Partner",
                )
            ],
        },
        [{"marketo.lead:71"}, {"salesforce.lead:NA1"}],
    ),
    Scenario(
        "job change",
        {
            "marketo.lead": [
                marketo(
                    81,
                    email="tomasz.wisniewski@krakow-steel.pl",
                    first_name="Tomasz",
                    last_name="Wiśniewski",
                    mobile_phone="+48 601 223 344",
                    company="Krakow Steel",
                )
            ],
            "salesforce.lead": [
                crm(
                    "JC1",
                    email="t.wisniewski@gdansk-marine.pl",
                    first_name="Tomasz",
                    last_name="Wisniewski",
                    phone="601-223-344",
                    company="Gdansk Marine",
                )
            ],
        },
        [{"marketo.lead:81", "salesforce.lead:JC1"}],
    ),
    Scenario(
        "married name",
        {
            "marketo.lead": [
                marketo(
                    91,
                    email="hannelore.brandt@eisenach-werke.de",
                    first_name="Hannelore",
                    last_name="Brandt",
                    phone="+49 3691 778812",
                    title="Leiterin Einkauf",
                )
            ],
            "salesforce.contact": [
                crm(
                    "MN1",
                    email="hannelore.kessler@eisenach-werke.de",
                    first_name="Hannelore",
                    last_name="Keßler",
                    phone="03691 778812",
                    title="Leiterin Einkauf",
                )
            ],
        },
        [{"marketo.lead:91", "salesforce.contact:MN1"}],
    ),
    Scenario(
        "swapped names",
        {
            "marketo.lead": [marketo(121, email="a.okonkwo@lagos-grid.ng", **ADAEZE)],
            "salesforce.lead": [
                crm(
                    "SW1",
                    email="adaeze.o@lagos-grid.ng",
                    first_name="Okonkwo",
                    last_name="Adaeze",
                    company="Lagos Grid",
                )
            ],
        },
        [{"marketo.lead:121", "salesforce.lead:SW1"}],
    ),
    Scenario(
        "free-mail twin",
        {
            "marketo.lead": [
                marketo(
                    111,
                    email="piet.vanderlinde77@gmail.com",
                    first_name="Piet",
                    last_name="van der Linde",
                    phone="+31 20 555 8899",
                )
            ],
            "salesforce.lead": [
                crm(
                    "FM1",
                    email="p.vanderlinde@delft-pumps.nl",
                    first_name="Pieter",
                    last_name="Van Der Linde",
                    phone="(020) 555 88 99",
                    company="Delft Pumps B.V.",
                    country="Netherlands",
                )
            ],
        },
        [{"marketo.lead:111", "salesforce.lead:FM1"}],
    ),
]


@pytest.fixture(scope="module")
def raw(small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All scenarios in one world, among people of its own."""
    database = copied(small_world, tmp_path_factory.mktemp("scenarios") / "raw")
    with connect(database, read_only=False) as connection:
        for scenario in SCENARIOS:
            for table, rows in scenario.rows.items():
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))
    return database


@pytest.fixture(scope="module")
def rerun(dbt: WarmDbt, raw: Path) -> Path:
    """A copy that is built twice."""
    return copied(raw, raw.parent.parent / "world")


@pytest.fixture(scope="module")
def resolved(dbt: WarmDbt, rerun: Path) -> dict[date, dict[str, str]]:
    """The person of each record after each of the two runs."""
    seeded(dbt, rerun)
    return {day: persons(dbt, rerun, day) for day in (BEFORE, AFTER)}


def seeded(dbt: WarmDbt, database: Path) -> None:
    result = dbt.run(SEEDS, database, VARIABLES)
    assert result.ok, result.output


def persons(dbt: WarmDbt, database: Path, day: date) -> dict[str, str]:
    """The person of each record after a run."""
    result = dbt.run(IDENTITY, database, VARIABLES | {"as_of": str(day)})
    assert result.ok, result.output
    return dict(read_rows(database, "select record_id, lead_id from analytics_identity.lead_source_records"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario, resolved: dict[date, dict[str, str]]) -> None:
    for day, expected in ((BEFORE, scenario.before or scenario.persons), (AFTER, scenario.persons)):
        leads = resolved[day]
        wanted = set().union(*expected)
        assert wanted <= leads.keys()
        assert sorted(map(sorted, grouped(leads, wanted))) == sorted(map(sorted, expected)), day


def test_a_merge_keeps_the_older_id(resolved: dict[date, dict[str, str]]) -> None:
    then, now = resolved[BEFORE], resolved[AFTER]
    assert now["salesforce.lead:LB1"] == now["marketo.lead:31"] == then["marketo.lead:31"]


def test_records_that_came_late_end_where_a_full_build_puts_them(
    dbt: WarmDbt, raw: Path, resolved: dict[date, dict[str, str]]
) -> None:
    afresh = copied(raw, raw.parent.parent / "afresh")
    seeded(dbt, afresh)
    assert persons(dbt, afresh, AFTER) == resolved[AFTER]


def test_an_override_undoes_a_merge_and_makes_another(
    dbt: WarmDbt, rerun: Path, resolved: dict[date, dict[str, str]]
) -> None:
    parted, joined = ("marketo.lead:11", "salesforce.lead:FI1"), ("marketo.lead:51", "marketo.lead:52")
    with connect(rerun, read_only=False) as connection:
        rows = [(*parted, "different", "met both"), (*joined, "same", "called")]
        connection.executemany("insert into analytics_seeds.identity_overrides values (?, ?, ?, ?)", rows)
    leads = persons(dbt, rerun, NEXT)
    assert resolved[AFTER][parted[0]] == resolved[AFTER][parted[1]]
    assert leads[parted[0]] != leads[parted[1]]
    assert resolved[AFTER][joined[0]] != resolved[AFTER][joined[1]]
    assert leads[joined[0]] == leads[joined[1]]
    # Nobody else is somebody else.
    touched = {resolved[AFTER][record] for record in (*parted, *joined)}
    others = {record for record, lead in resolved[AFTER].items() if lead not in touched}
    assert {record: leads[record] for record in others} == {record: resolved[AFTER][record] for record in others}
    changes = read_rows(
        rerun, "select change, previous_lead_id, lead_id from analytics_marts.fct_lead_identity_changes"
    )
    assert {change for change, *_ in changes} == {"split", "merged"}
    assert {before for _, before, _ in changes} == touched
    kept = "select count(*) from analytics_marts.fct_lead_match_review where decision = 'kept apart' and pair_id like '%FI1%'"
    assert read_rows(rerun, kept) > [(0,)]


def test_records_of_a_simulated_world_are_united_as_they_should(built: Path) -> None:
    pairs = """
        with t as (
            select source_records.lead_id, people.person_id
            from analytics_identity.lead_source_records as source_records
            inner join truth.record_person as people on source_records.record_id = people.record_id
        )
        select
            (select sum(n * (n - 1) / 2) from (select count(*) as n from t group by lead_id, person_id)),
            (select sum(n * (n - 1) / 2) from (select count(*) as n from t group by lead_id)),
            (select sum(n * (n - 1) / 2) from (select count(*) as n from t group by person_id))
    """
    ((both, found, true_pairs),) = read_rows(built, pairs)
    assert both / found >= 0.99
    assert 2 * both / (found + true_pairs) >= 0.97


def test_every_scenario_is_described() -> None:
    page = (REPO / "docs" / "identity_scenarios.md").read_text("utf-8")
    described = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert described == [scenario.name.capitalize() for scenario in SCENARIOS]


def grouped(leads: Mapping[str, str], wanted: set[str]) -> list[set[str]]:
    """All records that share a person with one of the wanted ones."""
    return [
        {record for record, lead in leads.items() if lead == person} for person in {leads[record] for record in wanted}
    ]
