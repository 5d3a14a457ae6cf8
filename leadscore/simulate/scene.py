"""The scene: all that happens in the world, drawn before any system writes down its part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from leadscore.simulate.clock import Calendar, at_local_hours
from leadscore.simulate.companies import companies
from leadscore.simulate.conversions import conversions, first_conversion, known_accounts, outcomes
from leadscore.simulate.draws import Array, Rng, stream
from leadscore.simulate.drift import Drift
from leadscore.simulate.hands import first_hand, raised_hands
from leadscore.simulate.journey import Journeys, live
from leadscore.simulate.leads import leads
from leadscore.simulate.people import people
from leadscore.simulate.records import first_records, known_since, records
from leadscore.simulate.spells import inside, spells, touches
from leadscore.simulate.vocabulary import table


@dataclass(frozen=True)
class Scene:
    """Frames whose rows refer to each other by number; each is described where it is made."""

    span: Calendar
    drift: Drift
    companies: pd.DataFrame
    people: pd.DataFrame
    journeys: Journeys
    leads: pd.DataFrame
    deals: pd.DataFrame
    roles: pd.DataFrame
    hands: pd.DataFrame
    records: pd.DataFrame
    spells: pd.DataFrame
    accounts: Array
    """Since when (instant) each company has had an account, NEVER if it has none."""

    def of_person(self, column: str, lead: Array) -> Array:
        """A column of `people` for these leads."""
        return np.asarray(self.people[column].to_numpy()[self.leads["person"].to_numpy()[lead]])

    def of_source(self, column: str, lead: Array) -> Array:
        """A column of the vocabulary of lead sources for these leads."""
        return np.asarray(table("sources")[column].to_numpy(object)[self.leads["source"].to_numpy()[lead]])

    def came_by(self, source: str) -> Array:
        """The leads that came through a channel."""
        return np.flatnonzero(self.of_source("lead_source", np.arange(len(self.leads))) == source)

    def touches(self, rng: Rng, by_phase: Array, times: str | None = None) -> tuple[Array, Array, Array]:
        """Touches of leads at their local hours: (lead, phase, instant), after their first record and before the end.

        `by_phase` is touches a week by phase, multiplied by the column `times` of `people` if given. A touch may move
        by some hours out of its spell, or to the Friday before.
        """
        phase, lead = self.spells["phase"].to_numpy(), self.spells["lead"].to_numpy()
        rate = by_phase[phase] * (self.of_person(times, lead) if times else 1.0)
        return self.touches_at(rng, rate)

    def touches_at(self, rng: Rng, rate: Array) -> tuple[Array, Array, Array]:
        """The same for a rate by spell."""
        row, moment = touches(rng, self.spells, rate)
        lead, phase = self.spells["lead"].to_numpy()[row], self.spells["phase"].to_numpy()[row]
        moment = at_local_hours(rng, moment, self.leads["city"].to_numpy()[lead])
        lead, phase, moment = inside(lead, phase, moment, since=self.leads["known"], span=self.span)
        return lead, phase, moment


def draw_scene(seed: int, count: int, span: Calendar, drift: Drift, done: Callable[[str], None]) -> Scene:
    """Draw a world of about `count` leads; calls `done` with what has been drawn."""
    rng = partial(stream, seed)
    firms = companies(rng("companies"), count)
    crowd = people(rng("people"), firms, count)
    done("people")
    world = live(rng("journey"), firms, crowd, span.weeks)
    known = leads(rng("leads"), world, firms, crowd, span, count)
    deals, roles = conversions(rng("conversions"), world, firms, known, span)
    known["converted"], known["deal"] = first_conversion(deals, roles, len(known))
    done("journeys")
    hands = raised_hands(rng("hands"), world, crowd, known, span)
    known["hand"] = first_hand(hands, len(known))
    accounts = known_accounts(rng("accounts"), firms, span)
    known = first_records(rng("records"), known, accounts, span)
    found = records(rng("duplicates"), known, roles, deals, crowd, len(firms), span)
    known["known"], known["known_week"] = known_since(known, found, span)
    np.minimum.at(accounts, deals["company"].to_numpy(), deals["moment"].to_numpy())
    done("records")
    deals = outcomes(rng("outcomes"), deals, firms, span)
    periods = spells(world, firms, crowd, known, span, drift.week)
    return Scene(span, drift, firms, crowd, world, known, deals, roles, hands, found, periods, accounts)
