"""Conversions: the moment a company's opportunity is created, and who is on it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.clock import HOUR, WEEK, Calendar, at_local_hours, within_week
from leadscore.simulate.draws import Array, Rng, chance
from leadscore.simulate.journey import Journeys

NEVER = np.iinfo(np.int64).max
STRANGERS = 0.5
"""Share of those on an opportunity, and no leads before, whom sales writes down as contacts."""


def conversions(
    rng: Rng, world: Journeys, companies: pd.DataFrame, leads: pd.DataFrame, span: Calendar
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Opportunities and the people on them.

    Returns (deals: company, moment, nth of the company; roles: deal (row), person, lead (row, -1 for people who never
    were leads)). A deal falls in its week and after the creation of everybody on it.
    """
    lead_of = pd.Series(leads.index, index=leads["person"])
    deals = world.conversions.copy()
    start = span.week_start(deals["week"].to_numpy())
    moment = start + (rng.random(len(deals)) * WEEK).astype(np.int64)
    city = companies["city"].to_numpy()[deals["company"]]
    moment = within_week(at_local_hours(rng, moment, city, office=1, weekdays=1), start)
    roles = world.joiners.rename(columns={"conversion": "deal"})
    roles["lead"] = lead_of.reindex(roles["person"]).fillna(-1).astype(np.int64).to_numpy()
    lead, deal = roles["lead"].to_numpy(), roles["deal"].to_numpy()
    known = (lead >= 0) & (leads["week"].to_numpy()[lead] <= deals["week"].to_numpy()[deal])
    stranger = (lead < 0) & chance(rng, STRANGERS, len(roles))
    np.maximum.at(moment, deal[known], leads["created"].to_numpy()[lead[known]] + 3 * HOUR)
    deals["moment"] = moment
    return _in_order(deals, roles[known | stranger], span)


def first_conversion(deals: pd.DataFrame, roles: pd.DataFrame, leads: int) -> tuple[Array, Array]:
    """(instant of the first conversion, its deal) of each lead; (NEVER, -1) for those without."""
    known = roles[roles["lead"] >= 0].drop_duplicates("lead")
    moment, deal = np.full(leads, NEVER), np.full(leads, -1)
    moment[known["lead"]] = deals["moment"].to_numpy()[known["deal"]]
    deal[known["lead"]] = known["deal"]
    return moment, deal


def _in_order(deals: pd.DataFrame, roles: pd.DataFrame, span: Calendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Deals before the end by moment, and the roles renumbered accordingly."""
    kept = deals[deals["moment"] < span.end_instant].sort_values(["moment", "company"])
    number = pd.Series(np.arange(len(kept)), index=kept.index)
    roles = roles[roles["deal"].isin(kept.index)]
    roles = roles.assign(deal=number.loc[roles["deal"]].to_numpy()).sort_values(["deal", "person"], ignore_index=True)
    kept = kept.reset_index(drop=True)
    return kept.assign(nth=kept.groupby("company").cumcount()), roles
