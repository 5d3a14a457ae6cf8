"""Features of a day depend on nothing that came after it, and the proof of it would notice if they did."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from dbt_runner import REPO
from future import raw_tables, rewrite_future
from warm_dbt import WarmDbt
from worlds import END, FEATURES, column_digests, connect, copied, differing, simulated

DAYS = [date(2024, 6, 3), date(2024, 12, 2), date(2025, 5, 15)]
"""Early, in the middle and late in the world's eighteen months."""
PROVEN = ["analytics_features.feat_spine", "analytics_features.feat_leads"]

Built = Callable[[date], Path]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("point_in_time")


@pytest.fixture(scope="module")
def as_it_was(dbt: WarmDbt, home: Path) -> Built:
    """The world's features as of a day, each built once."""
    raw = simulated(home / "raw", leads=700)
    return cache(lambda day: built(dbt, copied(raw, home / f"was_{day}"), day))


@pytest.fixture(scope="module")
def as_it_turned_out(dbt: WarmDbt, home: Path, as_it_was: Built) -> Built:
    """The same, after everything from that day on has changed."""

    @cache
    def build(day: date) -> Path:
        database = copied(as_it_was(day), home / f"turned_out_{day}")
        rewrite_future(database, day)
        return built(dbt, database, day)

    return build


@pytest.fixture(scope="module")
def leaky(home: Path) -> Iterator[WarmDbt]:
    """The project with two features that look ahead: one by its window, one by reading past as_of."""
    project = home / "leaky"
    shutil.copytree(REPO, project, ignore=shutil.ignore_patterns(".*", "target", "logs", "*.duckdb*", "benchmarks"))
    features = project / "models" / "features"
    replace_once(features / "int_features__touch_windows.sql", "and daily.day < spine.as_of", "")
    ahead = "(select count(*) from {{ source('marketo', 'activity_visit_webpage') }})"
    replace_once(features / "feat_leads.sql", "profiles.source_records", ahead)
    (home / "leaky_dbt").mkdir()
    process = WarmDbt(home / "leaky_dbt", project)
    yield process
    process.close()


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_what_happens_later_changes_no_feature(day: date, as_it_was: Built, as_it_turned_out: Built) -> None:
    with connect(as_it_was(day)) as connection:
        rows = dict(
            connection.execute("select purpose, count(*) from analytics_features.feat_spine group by all").fetchall()
        )
    assert min(rows["training"], rows["scoring"]) > 50
    raw = differing(*(column_digests(build(day), raw_tables()) for build in (as_it_was, as_it_turned_out)))
    assert {name.rsplit(".", 1)[0] for name in raw} == set(raw_tables()), (
        "Every raw table must have got another future."
    )
    assert differing(*(column_digests(build(day), PROVEN) for build in (as_it_was, as_it_turned_out))) == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_moment_looks_the_same_from_every_later_day(day: date, as_it_was: Built) -> None:
    compared, differences = seen_again(as_it_was(day), as_it_was(END), day)
    assert compared > 50
    assert differences == []


def test_a_feature_that_reads_past_as_of_is_noticed(
    leaky: WarmDbt, home: Path, as_it_was: Built, as_it_turned_out: Built
) -> None:
    day = DAYS[1]
    databases = [copied(build(day), home / f"past_{n}") for n, build in enumerate((as_it_was, as_it_turned_out))]
    select = ["run", "--select", "feat_leads"]
    digests = [column_digests(built(leaky, database, day, select), PROVEN) for database in databases]
    assert differing(*digests) == ["analytics_features.feat_leads.source_records"]


def test_a_window_that_reaches_past_its_moment_is_noticed(leaky: WarmDbt, home: Path, as_it_was: Built) -> None:
    early, late = (copied(as_it_was(day), home / f"window_{day}") for day in (DAYS[1], END))
    for database, day in ((early, DAYS[1]), (late, END)):
        built(leaky, database, day, ["run", "--select", "int_features__touch_windows", "feat_leads"])
    _, differences = seen_again(early, late, DAYS[1])
    assert {"engagements_7d", "web_visits_365d", "days_since_last_engagement"} <= set(differences)


def built(dbt: WarmDbt, database: Path, day: date, select: list[str] = FEATURES) -> Path:
    result = dbt.run(select, database, {"as_of": str(day)})
    assert result.ok, result.output
    return database


def replace_once(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name} has changed: plant the leak elsewhere."
    file.write_text(text.replace(old, new))


def seen_again(early: Path, late: Path, day: date) -> tuple[int, list[str]]:
    """Snapshots taken before `day` as a build of that day and a later one see them: how many are in both, and the columns that differ.

    Left out are persons and companies whose records were merged or deleted in between, or tied to others: they are other persons
    and companies since.
    """
    snapshot = f"""
        create temp table {{seen}}_people as
            select lead_id, list(record_id order by record_id) as records
            from world.analytics_identity.lead_source_records
            where created_at is null or created_at < '{day}'
            group by lead_id;
        create temp table {{seen}}_companies as
            select account_key, list((lead_id, record_id, records) order by record_id) as members
            from world.analytics_identity.int_identity__lead_records inner join {{seen}}_people using (lead_id)
            where created_at < '{day}' and account_key is not null
            group by account_key;
        create temp table {{seen}}_features as
            select profiles.account_key, features.*
            from world.analytics_features.feat_leads as features
            inner join world.analytics_features.int_features__profile as profiles using (lead_id, as_of);
        detach world;
    """
    with connect(early) as connection:
        columns = [name for name, *_ in connection.execute("describe analytics_features.feat_leads").fetchall()]
    with connect(Path(":memory:"), read_only=False) as connection:
        for seen, database in (("early", early), ("late", late)):
            connection.execute(f"attach '{database}' as world (read_only)")
            connection.execute(snapshot.format(seen=seen))
        connection.execute("""
            create temp table compared as
            from early_features
            semi join late_features using (lead_id, as_of)
            semi join (select lead_id from early_people inner join late_people using (lead_id, records)) using (lead_id)
            where account_key is null or account_key in (
                select account_key from early_companies inner join late_companies using (account_key, members)
            )
        """)
        counts = ", ".join(f"count(*) filter (early.{name} is distinct from late.{name})" for name in columns)
        found = connection.execute(
            f"select count(*), {counts} from compared as early inner join late_features as late using (lead_id, as_of)"
        ).fetchone()
    assert found
    return found[0], [name for name, count in zip(columns, found[1:], strict=True) if count]
