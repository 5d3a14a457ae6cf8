"""Raised hands: forms that ask for a demo, a price or a call, and how soon sales answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate import chain
from leadscore.simulate.clock import DAY, HOUR, MINUTE, WEEK, Calendar, at_local_hours, within_week
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, weighted
from leadscore.simulate.journey import Journeys
from leadscore.simulate.spells import inside, touches

FORMS = {
    "Demo Request": ("/demo", 0.45),
    "Contact Sales": ("/contact-sales", 0.2),
    "Pricing Enquiry": ("/pricing", 0.2),
    "ROI Calculator": ("/roi-calculator", 0.15),
}
IDLE = 0.0006
"""Hands raised in a week by a lead for no reason: students, suppliers, the merely curious."""
IGNORED = 0.15
"""Share of the raised hands not answered quickly that are never answered."""


def raised_hands(rng: Rng, world: Journeys, people: pd.DataFrame, leads: pd.DataFrame, span: Calendar) -> pd.DataFrame:
    """One row per raised hand by a lead, in order of time.

    Columns: lead, moment, quick, answered (instant of the first answer, NEVER if none), genuine (part of a journey),
    form (row of FORMS).
    """
    genuine = _genuine(rng, world, leads, span)
    frame = pd.concat([genuine, _idle(rng, people, leads, span)], ignore_index=True)
    frame = frame.sort_values(["moment", "lead"], ignore_index=True)
    count = len(frame)
    hurried = MINUTE * np.clip(np.exp(rng.normal(np.log(150), 1.1, count)), 3, 23 * 60)
    slow = 25 * HOUR + rng.exponential(3 * DAY, count)
    answered = frame["moment"].to_numpy() + np.where(frame["quick"], hurried, slow).astype(np.int64)
    ignored = ~frame["quick"].to_numpy() & chance(rng, IGNORED, count)
    frame["answered"] = np.where(ignored | (answered >= span.end_instant), NEVER, answered)
    frame["form"] = weighted(rng, [share for _, share in FORMS.values()], count)
    return frame


def _genuine(rng: Rng, world: Journeys, leads: pd.DataFrame, span: Calendar) -> pd.DataFrame:
    lead_of = pd.Series(leads.index, index=leads["person"])
    found = world.hands[world.hands["person"].isin(lead_of.index)]
    lead, week = lead_of.loc[found["person"]].to_numpy(), found["week"].to_numpy()
    first = leads["raised"].to_numpy()[lead] & (leads["week"].to_numpy()[lead] == week)
    start = span.week_start(week)
    moment = start + (rng.random(len(found)) * WEEK).astype(np.int64)
    moment = within_week(at_local_hours(rng, moment, leads["city"].to_numpy()[lead]), start)
    moment = np.where(first, leads["created"].to_numpy()[lead], moment)
    quick = found["quick"].to_numpy()
    lead, quick, moment = inside(lead, quick, moment, since=leads["created"], span=span)
    return pd.DataFrame({"lead": lead, "moment": moment, "quick": quick, "genuine": True})


def _idle(rng: Rng, people: pd.DataFrame, leads: pd.DataFrame, span: Calendar) -> pd.DataFrame:
    lives = pd.DataFrame({"start": leads["created"], "stop": span.end_instant})
    lead, moment = touches(rng, lives, IDLE * people["curiosity"].to_numpy()[leads["person"]])
    moment = at_local_hours(rng, moment, leads["city"].to_numpy()[lead])
    lead, moment = inside(lead, moment, since=leads["created"], span=span)
    return pd.DataFrame(
        {"lead": lead, "moment": moment, "quick": chance(rng, chain.QUICK_ANSWER, len(lead)), "genuine": False}
    )


def first_hand(hands: pd.DataFrame, leads: int) -> Array:
    """Instant of each lead's first raised hand, NEVER if none."""
    found = hands.drop_duplicates("lead")
    moment = np.full(leads, NEVER)
    moment[found["lead"]] = found["moment"]
    return moment
