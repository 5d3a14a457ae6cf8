"""Features of a day depend on nothing that came after it, and the proof of it would notice if they did."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from dbt_runner import REPO
from future import rewrite_future
from warm_dbt import WarmDbt
from worlds import END, FEATURES, column_digests, connect, copied, differing, simulated

pytestmark = pytest.mark.xdist_group("point_in_time")

DAYS = [date(2024, 5, 1), date(2024, 12, 2), date(2025, 5, 15)]
"""Early, in the middle and late in the world's eighteen months."""
PROVEN = ["analytics_features.feat_spine", "analytics_features.feat_leads"]

Built = Callable[[date], Path]


def built(dbt: WarmDbt, database: Path, day: date, select: list[str] = FEATURES) -> Path:
    result = dbt.run(select, database, {"as_of": str(day)})
    assert result.ok, result.output
    return database


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulated(tmp_path_factory.mktemp("point_in_time") / "raw", leads=700)


@pytest.fixture(scope="module")
def as_it_was(dbt: WarmDbt, raw: Path) -> Built:
    """The world's features as of a day, each built once."""
    return cache(lambda day: built(dbt, copied(raw, raw.parents[1] / f"was_{day}"), day))


@pytest.fixture(scope="module")
def as_it_turned_out(dbt: WarmDbt, as_it_was: Built) -> Built:
    """The same, after everything from that day on has changed."""

    @cache
    def build(day: date) -> Path:
        database = copied(as_it_was(day), as_it_was(day).parents[1] / f"turned_out_{day}")
        rewrite_future(database, day)
        return built(dbt, database, day)

    return build


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_what_happens_later_changes_no_feature(day: date, as_it_was: Built, as_it_turned_out: Built) -> None:
    before, after = (column_digests(build(day), PROVEN) for build in (as_it_was, as_it_turned_out))
    with connect(as_it_was(day)) as connection:
        rows = connection.execute("select purpose, count(*) from analytics_features.feat_spine group by all").fetchall()
    assert {purpose for purpose, count in rows if count > 50} == {"training", "scoring"}
    assert differing(before, after) == []
