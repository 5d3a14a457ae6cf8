"""Which people become leads, when, and through which channel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.chain import BUYING, DECIDING, EVALUATING, RESEARCHING
from leadscore.simulate.clock import WEEK, Calendar, at_local_hours, within_week
from leadscore.simulate.draws import Array, Rng, weighted_rows
from leadscore.simulate.journey import Journeys
from leadscore.simulate.vocabulary import table

GROWTH = 0.35
"""How many more leads are created in a week at the end of the history than at its start, about."""
PULL = {RESEARCHING: 4.0, EVALUATING: 8.0, DECIDING: 9.0}
"""How much more likely than others people involved at a stage are to become leads in a week."""
INVITED = ("Content Syndication", "Outbound")
"""Channels through which nobody raises a hand."""
BLOCK = 50_000


def leads(
    rng: Rng, world: Journeys, companies: pd.DataFrame, people: pd.DataFrame, span: Calendar, count: int
) -> pd.DataFrame:
    """One row per lead, oldest first.

    Columns: person, company, city, week (of creation), created (instant), raised (the lead begins with a raised hand),
    source (row of the vocabulary). A person who raises a hand becomes a lead by it; of the others the most eager fill
    up to `count`.
    """
    asked = world.hands.groupby("person")["week"].min()
    hand_week = np.full(len(people), span.weeks)
    hand_week[asked.index] = asked.to_numpy()
    week = np.minimum(hand_week, _weeks_of_creation(rng, world, people, hand_week < span.weeks, span, count))
    person = np.flatnonzero(week < span.weeks)
    if len(person) > count:
        person = np.sort(rng.permutation(person)[:count])
    week, raised = week[person], (hand_week == week)[person]
    start = span.week_start(week)
    moment = start + (rng.random(len(person)) * WEEK).astype(np.int64)
    city = people["city"].to_numpy()[person]
    created = within_week(at_local_hours(rng, moment, city), start)
    source = _sources(rng, world, companies, people, person, week, raised)
    frame = pd.DataFrame(
        {
            "person": person,
            "company": people["company"].to_numpy()[person],
            "city": city,
            "week": week,
            "created": created,
            "raised": raised,
            "source": source,
        }
    )
    return frame.sort_values(["created", "person"], ignore_index=True)


def _weeks_of_creation(
    rng: Rng, world: Journeys, people: pd.DataFrame, sure: Array, span: Calendar, count: int
) -> Array:
    """Week in which each person would become a lead without raising a hand; `weeks` if in none.

    Every person has a hazard by week and a threshold to be crossed by its sum. The hazard's scale is such that,
    together with those who are sure to become leads, exactly `count` cross.
    """
    threshold = rng.exponential(size=len(people))
    growth = _growth(span.weeks, count / len(people))
    blocks = [slice(start, start + BLOCK) for start in range(0, len(people), BLOCK)]
    needed = np.concatenate([threshold[part] / _hazard(world, people, part, growth)[-1] for part in blocks])
    wanted = count - int(sure.sum())
    if wanted <= 0:
        return np.full(len(people), span.weeks)
    scale = np.sort(np.where(sure, np.inf, needed))[min(wanted, len(people)) - 1]
    crossed = [
        (scale * _hazard(world, people, part, growth) * (1 + 1e-6) < threshold[part]).sum(axis=0) for part in blocks
    ]
    return np.concatenate(crossed)


def _growth(weeks: int, share: float) -> Array:
    """Relative hazard by week: rises by GROWTH, and to make up for those who are leads by then, at last this share."""
    time = np.arange(weeks) / weeks
    taken = share * (time + GROWTH / 2 * time**2) / (1 + GROWTH / 2)
    return np.asarray((1 + GROWTH * time) / np.maximum(1 - taken, 0.05))


def _hazard(world: Journeys, people: pd.DataFrame, part: slice, growth: Array) -> Array:
    """Hazard summed up to the end of each week (weeks, people of this part)."""
    stage = world.stage[:, people["company"].to_numpy()[part]]
    pull = np.ones(stage.shape, dtype=np.float32)
    for at, factor in PULL.items():
        pull[world.involved[:, part] & (stage == at)] = factor
    return np.cumsum(pull * growth[:, None].astype(np.float32), axis=0, dtype=np.float64)


def _sources(
    rng: Rng, world: Journeys, companies: pd.DataFrame, people: pd.DataFrame, person: Array, week: Array, raised: Array
) -> Array:
    """Channel of each lead: good channels bring involved people, late stages and companies that fit."""
    sources = table("sources")
    company = people["company"].to_numpy()[person]
    stage = world.stage[week, company]
    involved = world.involved[week, person]
    ripeness = np.where(involved & np.isin(stage, BUYING), stage, 0)
    fit = companies["fit_bin"].to_numpy()[company] - 2
    taste = people["propensity_bin"].to_numpy()[person] - 2
    promise = 0.45 * ripeness + 0.40 * fit + 0.30 * taste
    weight = sources["weight"].to_numpy(float) * np.exp(np.outer(promise, sources["quality"].to_numpy(float)))
    weight *= ~(raised[:, None] & sources["lead_source"].isin(INVITED).to_numpy())
    return weighted_rows(rng, weight)
