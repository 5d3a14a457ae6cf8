"""Web sessions: how many, on which subjects, page by page; and what a change of fashion does to one subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from leadscore.simulate.clock import DAY, SECOND
from leadscore.simulate.draws import Array, Rng, chance, weighted
from leadscore.simulate.drift import AI_CONTENT, AI_SWITCH, NONE, Drift
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.scene import Scene
from leadscore.simulate.spells import BACKGROUND, PHASES
from leadscore.simulate.vocabulary import VENDOR_DOMAIN, table

SESSIONS = np.array([0.026, 0.60, 1.05, 1.20, 0.06])
"""Sessions of a lead in a week, by phase, at mean activeness."""
PAGES = np.array([1.9, 2.4, 3.0, 3.2, 2.0])
"""Mean pages in a session, by phase."""
MIX = {
    #            background, researching, evaluating, deciding, customer
    "pricing": (4.5, 6, 11, 15, 4),
    "demo": (2, 2.5, 5, 7, 1),
    "compare": (3, 6, 9, 9, 1),
    "roi": (2, 3, 6, 8, 1),
    "docs": (9, 9, 14, 16, 40),
    "case": (9, 13, 14, 11, 5),
    "paper": (10, 13, 9, 5, 2),
    "webinar": (8, 10, 7, 4, 3),
    "blog": (32, 24, 14, 9, 14),
    "event": (6, 5, 4, 4, 4),
    "home": (20, 18, 17, 16, 20),
    "careers": (3.5, 0.5, 0.3, 0.3, 0.5),
}
"""Relative interest in a subject, by phase."""
AI_BEFORE, AI_AFTER = (16.0, 14.0, 12.0, 10.0, 10.0), (4.0, 20.0, 30.0, 32.0, 5.0)
"""The same for AI: curiosity at first, a sign of buying after the switch."""
ANONYMOUS = 0.25
"""Share of leads who came by a form and were seen on the site, unnamed, up to 20 days before."""
QUERIES = ("utm_source=newsletter&utm_medium=email", "utm_source=search&utm_medium=cpc", "gclid=test", None)

AI_RARE = (1.0, 1.0, 1.0, 1.0, 1.0)
"""The little there is on AI before the strong drift."""
NEW_MIX = {
    "pricing": (22, 7, 7, 7, 4),
    "demo": (10, 2.5, 2.5, 2.5, 1),
    "compare": (16, 5, 5, 5, 1),
    "roi": (12, 3.5, 3.5, 3.5, 1),
    "ai": (3, 20, 30, 32, 2),
    "agents": (2, 80, 140, 200, 2),
}
"""What the strong drift makes of these subjects: buyers read on AI, most of it `agents`, pages that were not there before."""
NEW_SESSIONS = np.array([0.20, 0.66, 1.15, 1.32, 0.06])
"""And of the sessions in a week: people who buy nothing come more often."""

SUBJECTS = (*MIX, "ai", "agents")


def _interest(**changed: tuple[float, ...]) -> Array:
    """Weights (phase, subject): those of the beginning but for what changed."""
    weights = MIX | {"ai": AI_BEFORE, "agents": (0.0,) * len(PHASES)} | changed
    return np.array([weights[subject] for subject in SUBJECTS], dtype=float).T


INTEREST = {
    NONE: (_interest(), _interest()),
    AI_SWITCH: (_interest(), _interest(ai=AI_AFTER)),
    AI_CONTENT: (_interest(ai=AI_RARE), _interest(**NEW_MIX)),
}
"""Interest by phase and subject, before and after each drift."""
SESSIONS_AFTER = {NONE: SESSIONS, AI_SWITCH: SESSIONS, AI_CONTENT: NEW_SESSIONS}
"""Sessions in a week by phase after each drift."""


@dataclass(frozen=True)
class Sessions:
    """Sessions to come: lead, phase, instant of the first page, and that page (row of the vocabulary, -1 if free)."""

    lead: Array
    phase: Array
    moment: Array
    landing: Array


def pages_of_interest(rng: Rng, phase: Array, instant: Array, drift: Drift) -> Array:
    """One page (row of the vocabulary) for each phase and instant; what interests changes with the drift."""
    pages = table("pages")
    mixes = np.concatenate(INTEREST[drift.name])
    which = phase + len(PHASES) * (instant >= drift.instant)
    subject_of = pd.Index(SUBJECTS).get_indexer(pd.Index(pages["subject"]))
    share = pages["weight"].to_numpy(float) / np.bincount(subject_of, pages["weight"])[subject_of]
    found = np.empty(len(phase), dtype=np.int64)
    for row, mix in enumerate(mixes):
        rows = np.flatnonzero(which == row)
        found[rows] = weighted(rng, mix[subject_of] * share, len(rows))
    return found


def address(page: Array, full: bool | Array) -> Array:
    """URLs of pages: the path, or with the vendor's host."""
    paths = table("pages")["path"].to_numpy(object)
    hosted = np.array([f"https://www.{VENDOR_DOMAIN}{path}" for path in paths], dtype=object)
    return np.asarray(np.where(full, hosted[page], paths[page]), dtype=object)


def free_sessions(rng: Rng, scene: Scene) -> Sessions:
    """Sessions that people begin by themselves."""
    phase, lead = scene.spells["phase"].to_numpy(), scene.spells["lead"].to_numpy()
    curiosity = np.where(phase == BACKGROUND, scene.of_person("curiosity", lead), 1.0)
    later = scene.spells["week"].to_numpy() >= scene.drift.week
    sessions = np.where(later, SESSIONS_AFTER[scene.drift.name][phase], SESSIONS[phase])
    rate = sessions * curiosity * scene.of_person("activeness", lead)
    lead, drive, moment = scene.touches_at(rng, rate)
    return Sessions(lead, drive, moment, np.full(len(lead), -1))


def unnamed_sessions(rng: Rng, scene: Scene) -> Sessions:
    """Sessions before a lead gave a name, which the marketing system adds once it knows the browser."""
    everybody = np.arange(len(scene.leads))
    by_form = scene.of_source("source_type", everybody) == "Web form fill-out"
    lead = np.flatnonzero(by_form & chance(rng, ANONYMOUS, len(everybody)))
    before = rng.exponential(5 * DAY, len(lead)).clip(0, 20 * DAY).astype(np.int64)
    moment = scene.leads["created"].to_numpy()[lead] - before
    lead, moment = lead[moment >= scene.span.start_instant], moment[moment >= scene.span.start_instant]
    return Sessions(lead, np.zeros(len(lead), dtype=np.int64), moment, np.full(len(lead), -1))


def visit(rng: Rng, ledger: Ledger, sessions: list[Sessions], scene: Scene) -> tuple[Array, Array]:
    """Log every page of these sessions.

    Returns (lead, instant) of the visits to pricing pages by leads already known.
    """
    lead, phase, moment, landing = (
        np.concatenate([getattr(each, name) for each in sessions]) for name in ("lead", "phase", "moment", "landing")
    )
    known = ledger.known(lead)
    lead, phase, moment, landing = lead[known], phase[known], moment[known], landing[known]
    row, place, instant = _pages_in_time(rng, phase, moment)
    free = pages_of_interest(rng, phase[row], instant, scene.drift)
    page = np.where((place == 0) & (landing[row] >= 0), landing[row], free)
    kept = instant < scene.span.end_instant
    lead, page, instant = lead[row[kept]], page[kept], instant[kept]
    _log(rng, ledger, lead, page, instant)
    priced = table("pages")["subject"].to_numpy(object)[page] == "pricing"
    priced &= instant >= scene.leads["created"].to_numpy()[lead]
    return lead[priced], instant[priced]


def _pages_in_time(rng: Rng, phase: Array, moment: Array) -> tuple[Array, Array, Array]:
    """(session, place in it, instant) of each page: a geometric number of pages, some seconds or minutes apart."""
    pages = rng.geometric(1 / PAGES[phase])
    row = np.repeat(np.arange(len(phase)), pages)
    place = np.arange(len(row)) - np.repeat(np.cumsum(pages) - pages, pages)
    gap = rng.exponential(70, len(row)).astype(np.int64) + 4
    passed = np.cumsum(np.where(place == 0, 0, gap))
    return row, place, moment[row] + (passed - np.repeat(passed[place == 0], pages)) * SECOND


def _log(rng: Rng, ledger: Ledger, lead: Array, page: Array, instant: Array) -> None:
    count = len(lead)
    query = np.array(QUERIES, dtype=object)[np.where(chance(rng, 0.12, count), rng.integers(0, 3, count), 3)]
    ledger.log(
        "visit_webpage",
        lead,
        instant,
        webpage_url=address(page, chance(rng, 0.4, count)),
        primary_attribute_value=table("pages")["path"].to_numpy(object)[page],
        primary_attribute_value_id=5001 + page,
        query_parameters=query,
        client_ip_address="203.0.113." + pd.Series(lead % 254 + 1).astype(str).to_numpy(object),
    )
