"""Conversions: the moment a company's opportunity is created, who is on it, and what becomes of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.clock import DAY, HOUR, WEEK, Calendar, at_local_hours, within_week
from leadscore.simulate.draws import Array, Rng, chance, choose, salesforce_ids
from leadscore.simulate.journey import Journeys

NEVER = np.iinfo(np.int64).max
OPEN_STAGES = ("Qualification", "Needs Analysis", "Proposal", "Negotiation")
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


def known_accounts(rng: Rng, companies: pd.DataFrame, span: Calendar) -> Array:
    """Since when (instant) companies have had an account before the history, NEVER if none; larger ones rather do."""
    count = len(companies)
    share = np.clip(0.05 + 0.13 * np.log10(companies["employees"].to_numpy()), 0, 0.75)
    since = span.start_instant - (rng.random(count) * 900 * DAY).astype(np.int64) - DAY
    return np.where(chance(rng, share, count), since, NEVER)


def outcomes(rng: Rng, deals: pd.DataFrame, companies: pd.DataFrame, span: Calendar) -> pd.DataFrame:
    """Deals with closes (instant), is_closed, is_won, stage_name, amount and id."""
    count = len(deals)
    company = companies.iloc[deals["company"]]
    moment = deals["moment"].to_numpy()
    length = np.clip(np.exp(rng.normal(np.log(62), 0.6, count)), 8, 400)
    closes = moment + (length * DAY).astype(np.int64)
    closed = closes < span.end_instant
    won = closed & chance(rng, 0.14 + 0.06 * company["fit_bin"].to_numpy(), count)
    share = np.clip((span.end_instant - moment) / (closes - moment), 0, 0.999)
    stage = np.array(OPEN_STAGES, dtype=object)[(share * len(OPEN_STAGES)).astype(int)]
    amount = 2500 * company["employees"].to_numpy() ** 0.42 * np.exp(rng.normal(0, 0.5, count))
    return deals.assign(
        closes=closes,
        is_closed=closed,
        is_won=won,
        stage_name=choose(closed, choose(won, "Closed Won", "Closed Lost"), stage),
        amount=np.round(amount, -2),
        id=salesforce_ids("006", 1 + np.arange(count)),
    )
