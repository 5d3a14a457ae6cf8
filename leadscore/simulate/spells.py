"""Spells: stretches of weeks in which nothing changes for a lead, and the touches that fall into them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate import chain
from leadscore.simulate.chain import BUYING, CUSTOMER
from leadscore.simulate.clock import WEEK, Calendar
from leadscore.simulate.draws import Array, Rng
from leadscore.simulate.journey import Journeys

BACKGROUND = 0
PHASES = ("background", "researching", "evaluating", "deciding", "customer")
"""What drives a lead's behaviour: the stage of a journey they are involved in, being a customer, or nothing."""
BLOCK = 50_000


def spells(
    world: Journeys, companies: pd.DataFrame, people: pd.DataFrame, leads: pd.DataFrame, span: Calendar, split: int
) -> pd.DataFrame:
    """One row per lead and spell, sorted by lead and time.

    A lead's first spell begins with their first record (`known`, which may be of a former employer; nothing of this
    company's journey shows before `created`). `split` is a week at which every spell is cut.

    Columns: lead (row), week, until (weeks, [from, to)), start, stop (instants), stage, urged, involved, phase (row of
    PHASES), probability (true, to convert within the horizon of the chain).
    """
    blocks = [_runs(world, leads, slice(at, at + BLOCK), split) for at in range(0, len(leads), BLOCK)]
    frame = pd.concat(blocks, ignore_index=True)
    lead, week = frame["lead"].to_numpy(), frame["week"].to_numpy()
    ends = np.append(week[1:], span.weeks)
    frame["until"] = np.where(np.append(lead[1:] != lead[:-1], True), span.weeks, ends)
    frame["start"] = np.maximum(span.week_start(week), leads["known"].to_numpy()[lead])
    frame["stop"] = span.week_start(frame["until"].to_numpy())
    company, person = leads["company"].to_numpy()[lead], leads["person"].to_numpy()[lead]
    frame["probability"] = chain.conversion_probability()[
        companies["fit_bin"].to_numpy()[company],
        people["propensity_bin"].to_numpy()[person],
        frame["stage"],
        frame["urged"].astype(int),
        frame["involved"].astype(int),
    ]
    customer = (frame["stage"] == CUSTOMER) & (frame["start"] >= leads["converted"].to_numpy()[lead])
    acting = frame["involved"] & frame["stage"].isin(BUYING) & (frame["week"] >= leads["week"].to_numpy()[lead])
    frame["phase"] = np.where(acting, frame["stage"], np.where(customer, 4, 0))
    return frame


def _runs(world: Journeys, leads: pd.DataFrame, part: slice, split: int) -> pd.DataFrame:
    """Where a run of equal states begins, for some of the leads, from the week of their creation on."""
    company, person = leads["company"].to_numpy()[part], leads["person"].to_numpy()[part]
    born, known = leads["week"].to_numpy()[part], leads["known_week"].to_numpy()[part]
    code = (
        world.stage[:, company]
        + 8 * world.urged[:, company].astype(np.int8)
        + 16 * world.involved[:, person].astype(np.int8)
    )
    week = np.arange(len(code))[:, None]
    starts = (week == known) | (week == born)
    starts[1:] |= (code[1:] != code[:-1]) & (week[1:] > known)
    if 0 <= split < len(code):
        starts[split] |= split > known
    lead, when = np.nonzero(starts.T)
    found = code[when, lead]
    return pd.DataFrame(
        {
            "lead": lead + (part.start or 0),
            "week": when,
            "stage": found % 8,
            "urged": (found >> 3) % 2 == 1,
            "involved": found >= 16,
        }
    )


def touches(rng: Rng, periods: pd.DataFrame, rate: Array) -> tuple[Array, Array]:
    """Poisson touches: (row of `periods`, instant) for `rate` touches a week, one rate per period.

    Superposition: the total is Poisson, and each touch picks its moment in proportion to the rate. Sorted by period.
    """
    start, stop = periods["start"].to_numpy(), periods["stop"].to_numpy()
    edges = np.cumsum(np.asarray(rate) * (stop - start) / WEEK)
    total = float(edges[-1]) if len(edges) else 0.0
    count = rng.poisson(total)
    row = np.searchsorted(edges, np.sort(rng.random(count)) * total, side="right").clip(max=len(edges) - 1)
    return row, start[row] + (rng.random(count) * (stop - start)[row]).astype(np.int64)


def inside(lead: Array, *columns: Array, since: pd.Series, span: Calendar) -> tuple[Array, ...]:
    """The rows whose instant, the last column, lies between `since` of the lead and the end."""
    moment = columns[-1]
    keep = (moment >= since.to_numpy()[lead]) & (moment < span.end_instant)
    return tuple(column[keep] for column in (lead, *columns))
