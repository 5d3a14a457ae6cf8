"""Worlds that drift: what people look at changes on the day that was asked for; who buys, and how likely, never does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from leadscore.errors import LeadscoreError
from leadscore.simulate import simulate
from leadscore.simulate.clock import calendar
from leadscore.simulate.drift import drift_of

END = date(2025, 7, 1)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Three worlds that differ in their drift alone, as the catalogs none, ai_switch and ai_content."""
    home = tmp_path_factory.mktemp("worlds")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for name, drift in {"none": "none", "ai_switch": "ai_switch", "ai_content": "ai_content:2025-01"}.items():
            simulate(home / name, 1500, 18, seed=5, end=END, progress=False, drift=drift)
            connection.execute(f"attach '{home / name}' as {name} (read_only)")
        yield connection


def visits(worlds: duckdb.DuckDBPyConnection, world: str, pattern: str) -> dict[tuple[bool, bool], float]:
    """Share of the pages visited whose address matches, by (since the drift, by people who take part in a purchase)."""
    return {
        (later, buying): share
        for later, buying, share in worlds.sql(f"""
            select
                activity_date >= (
                    select value::date from ai_content.truth.planted_effects where effect = 'ai_content' and parameter = 'date'
                ) as later,
                involved and stage in ('researching', 'evaluating', 'deciding') as buying,
                avg(regexp_matches(webpage_url, '{pattern}')::int)
            from {world}.marketo.activity_visit_webpage as visits
            join {world}.truth.record_person as people on people.record_id = 'marketo.lead:' || visits.lead_id
            join {world}.truth.conversion_probability as truth using (person_id)
            where activity_date >= valid_from and activity_date < valid_to
            group by all
        """).fetchall()
    }


AI, OLD_SIGNS = "/(blog|resources)/ai-", "/(pricing|demo|contact-sales|compare/.*|roi-calculator|migration-guide)$"


def test_ai_becomes_a_sign_of_buying_and_old_signs_are_none_any_more(worlds: duckdb.DuckDBPyConnection) -> None:
    ai, old = visits(worlds, "ai_content", AI), visits(worlds, "ai_content", OLD_SIGNS)
    assert max(ai[False, True], ai[False, False]) < 0.03, "Hardly anybody read about AI before."
    assert ai[True, True] > 0.4
    assert ai[True, False] < 0.05
    assert old[False, True] > 1.5 * old[False, False]
    assert old[True, False] > old[True, True]


def test_without_drift_nothing_changes(worlds: duckdb.DuckDBPyConnection) -> None:
    for pattern in (AI, OLD_SIGNS):
        found = visits(worlds, "none", pattern)
        for buying in (True, False):
            assert found[True, buying] == pytest.approx(found[False, buying], abs=0.05)
    planted = worlds.sql("select distinct effect from none.truth.planted_effects").fetchall()
    assert {effect for (effect,) in planted} & {"ai_switch", "ai_content"} == set()


def test_new_pages_appear_with_the_drift_and_in_no_other_world(worlds: duckdb.DuckDBPyConnection) -> None:
    (listed, day) = worlds.sql("""
        select max(value) filter (parameter = 'new_pages'), max(value) filter (parameter = 'date')
        from ai_content.truth.planted_effects where effect = 'ai_content'
    """).fetchall()[0]
    for world, expected in {"none": 0, "ai_switch": 0, "ai_content": len(listed.split(", "))}.items():
        pages, first = worlds.execute(
            f"select count(distinct primary_attribute_value), min(activity_date)::date "
            f"from {world}.marketo.activity_visit_webpage where primary_attribute_value in (select unnest(?))",
            [listed.split(", ")],
        ).fetchall()[0]
        assert pages == expected
        assert first is None or str(first) >= day


def test_the_truth_is_the_same_in_all_of_them(worlds: duckdb.DuckDBPyConnection) -> None:
    query = """
        select days.as_of, truth.person_id, truth.stage, truth.involved, truth.probability
        from (select unnest(generate_series(date '2024-02-01', date '2025-06-01', interval 31 day))::date as as_of) as days
        join {}.truth.conversion_probability as truth on valid_from <= as_of and as_of < valid_to
        order by all
    """
    found = [worlds.sql(query.format(world)).fetchall() for world in ("none", "ai_switch", "ai_content")]
    assert len(found[0]) > 5_000
    assert found[0] == found[1] == found[2]
    deals = [
        worlds.sql(
            f"select created_date, account_id, amount from {world}.salesforce.opportunity order by all"
        ).fetchall()
        for world in ("none", "ai_content")
    ]
    assert deals[0] == deals[1]


def test_a_drift_begins_with_the_first_whole_week_of_its_month() -> None:
    span = calendar(END, 18)
    drift = drift_of("ai_content:2025-01", span)
    assert (
        span.start.toordinal() + 7 * (drift.week - 1)
        < date(2025, 1, 1).toordinal()
        <= span.start.toordinal() + 7 * drift.week
    )
    assert drift.instant == span.week_start(drift.week)
    assert drift_of("none", span).instant == span.end_instant
    assert drift_of("ai_content", span).week == drift_of("ai_switch", span).week == round(0.6 * span.weeks)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fashion",
        "none:2025-01",
        "ai_content:2025",
        "ai_content:2025-13",
        "ai_content:2023-12",
        "ai_content:2025-07",
    ],
)
def test_a_drift_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(LeadscoreError, match="--drift is"):
        drift_of(text, calendar(END, 18))
