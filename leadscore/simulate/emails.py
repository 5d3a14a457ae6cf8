"""Marketing email: sends, deliveries, bounces, opens and clicks by people and by scanners, opt-outs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadscore.simulate.clock import DAY, HOUR, MINUTE, SECOND
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, choose
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.scene import Scene
from leadscore.simulate.web import Sessions, address, pages_of_interest

SENDS = np.array([0.125, 0.15, 0.18, 0.18, 0.10])
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
    clicks: Sessions
    """The visits that the clicks of people lead to."""


@dataclass(frozen=True)
class _Sent:
    """The emails sent, in order of time, and the tools to log what becomes of them."""

    rng: Rng
    ledger: Ledger
    scene: Scene
    lead: Array
    phase: Array
    moment: Array
    opened: Array
    """A person reads it, if it arrives."""
    leaving: Array
    """And unsubscribes."""
    name: Array
    """Row of NAMES."""

    def log(self, activity: str, rows: Array, moment: Array, **fields: object) -> None:
        """Log an event for each of `rows`, with fields aligned to them, if it falls before the end."""
        keep = moment < self.scene.span.end_instant
        name = self.name[rows[keep]]
        chosen = {key: value[keep] if isinstance(value, np.ndarray) else value for key, value in fields.items()}
        self.ledger.log(
            activity,
            self.lead[rows[keep]],
            moment[keep],
            primary_attribute_value=np.array(NAMES, dtype=object)[name],
            primary_attribute_value_id=2001 + name,
            campaign_id=3001 + name,
            **chosen,
        )


def send_all(rng: Rng, ledger: Ledger, scene: Scene) -> MailOutcome:
    """Draw and log all marketing email."""
    sent, bounced = _sent(rng, ledger, scene)
    count = len(sent.lead)
    bad = scene.of_person("wrong_address", sent.lead)
    soft = ~bad & chance(rng, SOFT_BOUNCE, count)
    lost, full, good = np.flatnonzero(bad), np.flatnonzero(soft), np.flatnonzero(~bad & ~soft)
    unknown = {"category": "2", "subcategory": "2001", "details": "550 5.1.1 user unknown"}
    filled = {"category": "3", "subcategory": "3001", "details": "452 4.2.2 mailbox full"}
    sent.log("send_email", np.arange(count), sent.moment, step_id=1, test_variant=0)
    sent.log("email_bounced", lost, sent.moment[lost] + MINUTE, **unknown)
    sent.log("email_bounced_soft", full, sent.moment[full] + MINUTE, **filled)
    sent.log("email_delivered", good, sent.moment[good] + rng.integers(1, 40, len(good)) * SECOND)
    human = good[sent.opened[good]]
    reading = sent.moment[human] + MINUTE + rng.exponential(7 * HOUR, len(human)).astype(np.int64)
    before = reading < scene.span.end_instant
    human, reading = human[before], reading[before]
    clicks = _people_read(sent, human, reading)
    _machines_read(sent, good)
    left = sent.leaving[human]
    sent.log("unsubscribe_email", human[left], reading[left] + 2 * MINUTE)
    return MailOutcome(_first(sent.lead[human[left]], reading[left] + 2 * MINUTE, len(scene.leads)), bounced, clicks)


def _sent(rng: Rng, ledger: Ledger, scene: Scene) -> tuple[_Sent, Array]:
    """What is sent until somebody unsubscribes or an address proves wrong; and when each lead's did (NEVER if not)."""
    lead, phase, moment = scene.touches(rng, SENDS)
    order = np.argsort(moment, kind="stable")
    order = order[ledger.known(lead[order])]
    lead, phase, moment = lead[order], phase[order], moment[order]
    opened = chance(rng, np.minimum(OPENS[phase] * scene.of_person("activeness", lead) ** 0.4, 0.9), len(lead))
    leaving = opened & chance(rng, OPT_OUT, len(lead))
    opted_out = _first(lead[leaving], moment[leaving], len(scene.leads))
    bad = scene.of_person("wrong_address", lead)
    bounced = _first(lead[bad], moment[bad], len(scene.leads))
    kept = np.flatnonzero((moment <= opted_out[lead]) & (moment <= bounced[lead]))
    name = rng.integers(0, len(NAMES), len(kept))
    sent = _Sent(rng, ledger, scene, lead[kept], phase[kept], moment[kept], opened[kept], leaving[kept], name)
    return sent, bounced


def _people_read(sent: _Sent, human: Array, reading: Array) -> Sessions:
    """Opens (some of them again later) and clicks of people; `human` are rows of the sends, read at `reading`."""
    rng = sent.rng
    again = chance(rng, 0.25, len(human))
    later = reading[again] + rng.exponential(2 * DAY, int(again.sum())).astype(np.int64)
    rows, moment = np.concatenate([human, human[again]]), np.concatenate([reading, later])
    sent.log("open_email", rows, moment, is_bot_activity=False, **_reader(rng, len(rows)))
    eager = CLICKS[sent.phase[human]] * sent.scene.of_person("activeness", sent.lead[human]) ** 0.4
    clicked = chance(rng, np.minimum(eager, 0.9), len(human))
    rows = human[clicked]
    moment = reading[clicked] + rng.integers(5, 120, len(rows)) * SECOND
    page = pages_of_interest(rng, sent.phase[rows], moment, sent.scene.drift)
    sent.log("click_email", rows, moment, link=address(page, True), is_bot_activity=False, **_reader(rng, len(rows)))
    return Sessions(sent.lead[rows], sent.phase[rows], moment, page)


def _machines_read(sent: _Sent, good: Array) -> None:
    """Opens by mail programs that load images, and opens and clicks by security scanners; half of these are flagged."""
    rng, scene = sent.rng, sent.scene
    auto = good[scene.of_person("autoload", sent.lead[good]) & chance(rng, 0.6, len(good))]
    loaded = sent.moment[auto] + rng.integers(2, 40, len(auto)) * MINUTE
    sent.log("open_email", auto, loaded, user_agent=AUTOLOADER, is_bot_activity=False)
    company = scene.leads["company"].to_numpy()[sent.lead[good]]
    scanned = good[scene.companies["scans_mail"].to_numpy()[company] & chance(rng, 0.4, len(good))]
    seen = chance(rng, 0.5, len(scanned))
    at_once = sent.moment[scanned] + rng.integers(42, 48, len(scanned)) * SECOND
    sent.log("open_email", scanned, at_once, **_scanner(seen))
    links = rng.integers(2, 5, len(scanned))
    rows, seen = np.repeat(scanned, links), np.repeat(seen, links)
    clicked = np.repeat(at_once, links) + rng.integers(0, 6, len(rows)) * SECOND
    page = pages_of_interest(rng, np.zeros(len(rows), dtype=np.int64), clicked, scene.drift)
    sent.log("click_email", rows, clicked, link=address(page, True), **_scanner(seen))


def _reader(rng: Rng, count: int) -> dict[str, object]:
    agent = rng.integers(0, len(AGENTS), count)
    return {"user_agent": np.array(AGENTS, dtype=object)[agent], "is_mobile_device": agent >= 2, "device": "unknown"}


def _scanner(seen: Array) -> dict[str, object]:
    pattern = choose(seen, "Match UserAgent with bot pattern", None)
    return {"user_agent": SCANNER, "is_bot_activity": seen, "bot_activity_pattern": pattern}


def _first(lead: Array, moment: Array, leads: int) -> Array:
    found = np.full(leads, NEVER)
    np.minimum.at(found, lead, moment)
    return found
