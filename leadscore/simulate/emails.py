"""Marketing email: sends, deliveries, bounces, opens and clicks by people and by scanners, opt-outs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from leadscore.simulate.clock import DAY, HOUR, MINUTE, Calendar
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, choose
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.spells import lead_touches
from leadscore.simulate.web import SUBJECTS_BY_PHASE, address, pages_about

SENDS = np.array([0.135, 0.16, 0.19, 0.19, 0.11])
"""Emails sent to a lead in a week, by phase."""
OPENS = np.array([0.15, 0.40, 0.48, 0.50, 0.20])
CLICKS = np.array([0.12, 0.22, 0.28, 0.28, 0.10])
"""Share of emails opened, and of those opened that are clicked, by phase, for a person of mean activeness."""
OPT_OUT = 0.012
"""Chance to unsubscribe at an opened email."""
SOFT_BOUNCE = 0.012
NAMES = tuple(
    [
        f"Nurture {number:02d} - {subject}"
        for number, subject in enumerate(
            (
                "Why leads go stale",
                "Meet the buying group",
                "Scoring in practice",
                "From MQL to meeting",
                "Clean data first",
                "Sales speaks out",
                "The numbers that matter",
                "A day in revenue operations",
            ),
            start=1,
        )
    ]
    + [f"Newsletter {number:02d}" for number in range(1, 13)]
    + ["Product update - Spring", "Product update - Autumn", "Customer stories", "Event invitation"]
)
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
)
SCANNER = "Mozilla/5.0 (compatible; MailGuard-LinkScanner/2.4)"
AUTOLOADER = "Mozilla/5.0"


@dataclass(frozen=True)
class MailOutcome:
    """What later steps need: opt-out and hard-bounce instants per lead (NEVER if none), and the clicks people made."""

    opted_out: Array
    bounced: Array
    clicks: tuple[Array, Array, Array, Array]
    """(lead, phase, instant, page) of the clicks by people."""


def send_all(
    rng: Rng,
    ledger: Ledger,
    periods: pd.DataFrame,
    leads: pd.DataFrame,
    people: pd.DataFrame,
    companies: pd.DataFrame,
    span: Calendar,
) -> MailOutcome:
    """Draw and log all marketing email."""
    lead, phase, moment = lead_touches(rng, periods, leads, SENDS[periods["phase"]], span)
    known = ledger.known(lead)
    lead, phase, moment = _by_time(lead[known], phase[known], moment[known])
    person = leads["person"].to_numpy()[lead]
    active = people["activeness"].to_numpy()[person] ** 0.4
    opened = chance(rng, np.minimum(OPENS[phase] * active, 0.9), len(lead))
    leaving = opened & chance(rng, OPT_OUT, len(lead))
    opted_out = _first(lead, np.where(leaving, moment, NEVER), len(leads))
    bad = people["wrong_address"].to_numpy()[person]
    bounced = _first(lead, np.where(bad, moment, NEVER), len(leads))
    sent = (moment <= opted_out[lead]) & (moment <= bounced[lead])
    lead, phase, moment, opened, leaving, bad = (values[sent] for values in (lead, phase, moment, opened, leaving, bad))
    mail = _Mail(rng, ledger, span, rng.integers(0, len(NAMES), len(lead)))
    soft = ~bad & chance(rng, SOFT_BOUNCE, len(lead))
    good = np.flatnonzero(~bad & ~soft)
    mail.log("send_email", np.arange(len(lead)), lead, moment, step_id=1, test_variant=0)
    mail.log(
        "email_bounced",
        np.flatnonzero(bad),
        lead,
        moment + MINUTE,
        category="2",
        subcategory="2001",
        details="550 5.1.1 user unknown",
    )
    mail.log(
        "email_bounced_soft",
        np.flatnonzero(soft),
        lead,
        moment + MINUTE,
        category="3",
        subcategory="3001",
        details="452 4.2.2 mailbox full",
    )
    mail.log("email_delivered", good, lead, moment + rng.integers(1, 40, len(lead)) * MINUTE // 60)
    reading = moment + MINUTE + (rng.exponential(7 * HOUR, len(lead))).astype(np.int64)
    human = good[opened[good] & (reading[good] < span.end_instant)]
    clicks = _people_read(rng, mail, human, lead, phase, reading, active[sent], people, leads)
    _machines_read(rng, mail, good, lead, moment, leads, people, companies)
    left = human[leaving[human]]
    mail.log("unsubscribe_email", left, lead, reading + 2 * MINUTE)
    gone = _first(lead[left], reading[left] + 2 * MINUTE, len(leads))
    return MailOutcome(gone, bounced, clicks)


class _Mail:
    """Logs rows of a set of sent emails; every event carries the email's name and ids."""

    def __init__(self, rng: Rng, ledger: Ledger, span: Calendar, name: Array) -> None:
        self.rng, self.ledger, self.span, self.name = rng, ledger, span, name

    def log(self, activity: str, rows: Array, lead: Array, moment: Array, **fields: object) -> None:
        rows = rows[moment[rows] < self.span.end_instant]
        chosen = {key: value[rows] if isinstance(value, np.ndarray) else value for key, value in fields.items()}
        self.at(activity, rows, lead[rows], moment[rows], **chosen)

    def at(self, activity: str, rows: Array, lead: Array, moment: Array, **fields: object) -> None:
        """Log one event per entry of `rows` (rows of the sends), with fields already aligned to them."""
        keep = moment < self.span.end_instant
        name = self.name[rows[keep]]
        chosen = {key: value[keep] if isinstance(value, np.ndarray) else value for key, value in fields.items()}
        self.ledger.log(
            activity,
            lead[keep],
            moment[keep],
            primary_attribute_value=np.array(NAMES, dtype=object)[name],
            primary_attribute_value_id=2001 + name,
            campaign_id=3001 + name,
            **chosen,
        )


def _people_read(
    rng: Rng,
    mail: _Mail,
    human: Array,
    lead: Array,
    phase: Array,
    reading: Array,
    active: Array,
    people: pd.DataFrame,
    leads: pd.DataFrame,
) -> tuple[Array, Array, Array, Array]:
    """Opens (some of them again later) and clicks of people."""
    again = human[chance(rng, 0.25, len(human))]
    rows = np.concatenate([human, again])
    moment = np.concatenate([reading[human], reading[again] + (rng.exponential(2 * DAY, len(again))).astype(np.int64)])
    agent = rng.integers(0, len(AGENTS), len(rows))
    reader = {"user_agent": np.array(AGENTS, dtype=object)[agent], "is_mobile_device": agent >= 2, "device": "unknown"}
    mail.at("open_email", rows, lead[rows], moment, is_bot_activity=False, **reader)
    clicked = human[chance(rng, np.minimum(CLICKS[phase[human]] * active[human], 0.9), len(human))]
    moment = reading[clicked] + rng.integers(5, 120, len(clicked)) * MINUTE // 60
    page = pages_about(rng, SUBJECTS_BY_PHASE[phase[clicked]])
    return _people_click(rng, mail, clicked, lead, phase, moment, page)


def _people_click(
    rng: Rng, mail: _Mail, rows: Array, lead: Array, phase: Array, moment: Array, page: Array
) -> tuple[Array, Array, Array, Array]:
    """Log the clicks and return (lead, phase, instant, page) of those before the end."""
    agent = rng.integers(0, len(AGENTS), len(rows))
    mail.at(
        "click_email",
        rows,
        lead[rows],
        moment,
        link=address(page, True),
        is_bot_activity=False,
        user_agent=np.array(AGENTS, dtype=object)[agent],
        is_mobile_device=agent >= 2,
        device="unknown",
    )
    keep = moment < mail.span.end_instant
    return lead[rows[keep]], phase[rows[keep]], moment[keep], page[keep]


def _machines_read(
    rng: Rng,
    mail: _Mail,
    good: Array,
    lead: Array,
    moment: Array,
    leads: pd.DataFrame,
    people: pd.DataFrame,
    companies: pd.DataFrame,
) -> None:
    """Opens by mail programs that load images, and opens and clicks by security scanners; half of these are flagged."""
    auto = good[people["autoload"].to_numpy()[leads["person"].to_numpy()[lead[good]]]]
    auto = auto[chance(rng, 0.6, len(auto))]
    mail.at(
        "open_email",
        auto,
        lead[auto],
        moment[auto] + rng.integers(2, 40, len(auto)) * MINUTE,
        user_agent=AUTOLOADER,
        is_bot_activity=False,
    )
    scanned = good[companies["scans_mail"].to_numpy()[leads["company"].to_numpy()[lead[good]]]]
    scanned = scanned[chance(rng, 0.4, len(scanned))]
    seen = chance(rng, 0.5, len(scanned))
    at_once = moment[scanned] + rng.integers(42, 48, len(scanned)) * MINUTE // 60
    mail.at("open_email", scanned, lead[scanned], at_once, **_scanner(seen))
    links = rng.integers(2, 5, len(scanned))
    rows, seen = np.repeat(scanned, links), np.repeat(seen, links)
    clicked = np.repeat(at_once, links) + rng.integers(0, 6, len(rows)) * MINUTE // 60
    page = pages_about(rng, SUBJECTS_BY_PHASE[np.zeros(len(rows), dtype=np.int64)])
    mail.at("click_email", rows, lead[rows], clicked, link=address(page, True), **_scanner(seen))


def _scanner(seen: Array) -> dict[str, object]:
    pattern = choose(seen, "Match UserAgent with bot pattern", None)
    return {"user_agent": SCANNER, "is_bot_activity": seen, "bot_activity_pattern": pattern}


def _first(lead: Array, moment: Array, leads: int) -> Array:
    found = np.full(leads, NEVER)
    np.minimum.at(found, lead, moment)
    return found


def _by_time(*columns: Array) -> tuple[Array, ...]:
    order = np.argsort(columns[-1], kind="stable")
    return tuple(column[order] for column in columns)
