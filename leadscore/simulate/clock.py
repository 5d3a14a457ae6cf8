"""Time in the world: weeks, instants in microseconds UTC, and the hours at which people in a city work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from leadscore.errors import LeadscoreError
from leadscore.simulate.draws import Array, Rng, chance
from leadscore.simulate.vocabulary import table

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY


@dataclass(frozen=True)
class Calendar:
    """The weeks of the history: week w covers [start + 7 w, start + 7 (w + 1)) days, the last one stops at `end`."""

    end: date
    weeks: int

    @property
    def start(self) -> date:
        return self.end - timedelta(weeks=self.weeks)

    @property
    def start_instant(self) -> int:
        return instant_of(self.start)

    @property
    def end_instant(self) -> int:
        return instant_of(self.end)

    def week_start(self, weeks: Array) -> Array:
        """Instants at which these weeks (fractions allowed) begin."""
        return self.start_instant + (np.asarray(weeks) * WEEK).astype(np.int64)


def calendar(end: date, months: int) -> Calendar:
    """Whole weeks, the last `months` calendar months before `end`.

    Raises LeadscoreError if that reaches back before the year 1970.
    """
    first = pd.Timestamp(end) - pd.DateOffset(months=months)
    if first.year < 1970:
        raise LeadscoreError(f"{months} months before {end} is earlier than 1970: ask for fewer months.")
    return Calendar(end, (pd.Timestamp(end) - first).days // 7)


def within_week(moments: Array, week_starts: Array) -> Array:
    """Moments that local hours moved out of their week, moved back into it by whole weeks."""
    return np.asarray(moments + WEEK * (moments < week_starts) - WEEK * (moments >= week_starts + WEEK))


def instant_of(day: date) -> int:
    """Midnight UTC at the start of a day, in microseconds since 1970."""
    return (day - date(1970, 1, 1)).days * DAY


def instants(values: Array | pd.Series, missing: Array | None = None) -> Array:
    """Microseconds since 1970 as datetime64; rows where `missing` become null."""
    found = np.asarray(values, dtype=np.int64).astype("datetime64[us]")
    return found if missing is None else np.where(missing, np.datetime64("NaT", "us"), found)


def days(values: Array | pd.Series, missing: Array | None = None) -> Array:
    """Microseconds since 1970 as dates (UTC); rows where `missing` become null."""
    return instants(values, missing).astype("datetime64[D]")


@cache
def _offsets(first_day: int, count: int) -> Array:
    """Minutes east of UTC by (city, day since 1970), summer time by the rules of the EU and the US."""
    cities = table("cities")
    dates = pd.DatetimeIndex(np.arange(first_day, first_day + count).astype("datetime64[D]").astype("datetime64[s]"))
    summer = {"none": np.zeros(count, bool), "eu": _eu_summer(dates), "us": _us_summer(dates)}
    base = (cities["utc_offset"].to_numpy(float) * 60).astype(np.int64)
    return np.asarray(base[:, None] + 60 * np.stack([summer[rule] for rule in cities["summer_time"]]))


def _sundays_before(dates: pd.DatetimeIndex) -> Array:
    """How many Sundays of its month have begun by each date."""
    return np.asarray((dates.day.to_numpy() - 1 - (dates.day_of_week.to_numpy() + 1) % 7) // 7 + 1)


def _eu_summer(dates: pd.DatetimeIndex) -> Array:
    month = dates.month.to_numpy()
    left = dates.days_in_month.to_numpy() - dates.day.to_numpy()
    last_sunday_begun = left < 7 - (dates.day_of_week.to_numpy() + 1) % 7
    return np.asarray(
        ((month > 3) & (month < 10)) | ((month == 3) & last_sunday_begun) | ((month == 10) & ~last_sunday_begun)
    )


def _us_summer(dates: pd.DatetimeIndex) -> Array:
    month, sundays = dates.month.to_numpy(), _sundays_before(dates)
    return np.asarray(((month > 3) & (month < 11)) | ((month == 3) & (sundays >= 2)) | ((month == 11) & (sundays < 1)))


def at_local_hours(rng: Rng, moments: Array, city: Array, office: float = 0.85, weekdays: float = 0.9) -> Array:
    """The same days (UTC) at a likely local time of day.

    `office` is the share in office hours, the rest is spread over morning and evening; of the weekend's moments the
    share `weekdays` moves to a weekday of the same week, backwards.
    """
    count = len(moments)
    day = np.asarray(moments, dtype=np.int64) // DAY
    weekday = (day + 3) % 7
    moved = (weekday >= 5) & chance(rng, weekdays, count)
    day = day - np.where(moved, weekday - rng.integers(0, 5, count), 0)
    working = 8.25 + 9.5 * rng.beta(1.6, 1.7, count)
    private = 6.5 + 16.5 * rng.beta(2.2, 1.4, count)
    minutes = np.where(chance(rng, office, count), working, private) * 60
    first = int(day.min(initial=0)) - 1 if count else 0
    offset = _offsets(first, int(day.max()) - first + 2)[city, day - first] if count else np.zeros(0)
    return day * DAY + ((minutes - offset) * MINUTE).astype(np.int64)
