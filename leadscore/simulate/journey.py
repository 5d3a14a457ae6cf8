"""Lets the companies live: their stage by week, who is involved, who raises a hand, who buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from leadscore.simulate import chain
from leadscore.simulate.chain import BUYING, CUSTOMER, DECIDING
from leadscore.simulate.draws import Array, Rng, chance
from leadscore.simulate.people import PROPENSITIES

BURN_IN = 104
"""Weeks lived before the history begins, so that it begins in the middle of life."""


@dataclass(frozen=True)
class Journeys:
    """What happened, by week of the history.

    stage, urged: int8 and bool (weeks, companies); involved: bool (weeks, people), all as they hold from the start of
    the week. hands: frame of week, company, person, quick. conversions: frame of week, company. joiners: frame of
    conversion (row of conversions) and person, for those put on the opportunity.
    """

    stage: Array
    urged: Array
    involved: Array
    hands: pd.DataFrame
    conversions: pd.DataFrame
    joiners: pd.DataFrame


def live(rng: Rng, companies: pd.DataFrame, people: pd.DataFrame, weeks: int) -> Journeys:
    """Simulate all weeks. People are sorted by company."""
    fit, works_at = companies["fit_bin"].to_numpy(), people["company"].to_numpy()
    taste = np.array(PROPENSITIES)[people["propensity_bin"]]
    edges = np.cumsum(chain.transitions(), axis=3)
    stage = np.zeros(len(fit), dtype=np.int8)
    urged, involved = np.zeros(len(fit), dtype=bool), np.zeros(len(people), dtype=bool)
    stages, urges = np.empty((weeks, len(fit)), np.int8), np.empty((weeks, len(fit)), bool)
    involvement = np.empty((weeks, len(people)), bool)
    hands, conversions, joiners = [], [], []
    for week in range(-BURN_IN, weeks):
        if week >= 0:
            stages[week], urges[week], involvement[week] = stage, urged, involved
        raised = chance(rng, chain.RAISE_HAND[stage], len(fit))
        quick = raised & chance(rng, chain.QUICK_ANSWER, len(fit))
        draw = rng.random(len(fit))
        following = (draw[:, None] >= edges[fit, urged.astype(int), stage]).sum(axis=1).clip(max=5).astype(np.int8)
        if week >= 0:
            hands.append(_raisers(rng, week, raised, quick, involved, works_at))
            buys = np.flatnonzero((stage == DECIDING) & (following == CUSTOMER))
            conversions.append(pd.DataFrame({"week": week, "company": buys}))
            joiners.append(_put_on(rng, buys, involved, works_at, sum(map(len, conversions[:-1]))))
        involved = _involvement(rng, involved, stage, following, works_at, taste)
        urged = np.isin(following, BUYING) & (urged | quick)
        stage = following
    return Journeys(
        stages, urges, involvement, *(pd.concat(found, ignore_index=True) for found in (hands, conversions, joiners))
    )


def _raisers(rng: Rng, week: int, raised: Array, quick: Array, involved: Array, works_at: Array) -> pd.DataFrame:
    """One involved person, drawn at random, for each company in which a hand is raised."""
    person = rng.permutation(np.flatnonzero(involved & raised[works_at]))
    company, first = np.unique(works_at[person], return_index=True)
    return pd.DataFrame({"week": week, "company": company, "person": person[first], "quick": quick[company]})


def _put_on(rng: Rng, buys: Array, involved: Array, works_at: Array, first: int) -> pd.DataFrame:
    """The involved people who are put on the opportunities of the companies `buys`, numbered from `first`."""
    conversion = np.full(int(works_at.max(initial=0)) + 1, -1)
    conversion[buys] = first + np.arange(len(buys))
    candidates = np.flatnonzero(involved & (conversion[works_at] >= 0))
    person = candidates[chance(rng, chain.ON_OPPORTUNITY, len(candidates))]
    return pd.DataFrame({"conversion": conversion[works_at[person]], "person": person})


def _involvement(rng: Rng, involved: Array, stage: Array, following: Array, works_at: Array, taste: Array) -> Array:
    """Who is involved next week: people join when their company enters a stage, and all leave when it is over."""
    over = ~np.isin(following, BUYING)
    join = np.zeros(len(stage))
    for target, share in chain.JOIN.items():
        join[(following == target) & (stage != target)] = share
    joining = np.flatnonzero(join[works_at] > 0)
    joins = np.zeros(len(involved), dtype=bool)
    joins[joining] = chance(rng, join[works_at[joining]] * taste[joining], len(joining))
    return (involved & ~over[works_at]) | joins
