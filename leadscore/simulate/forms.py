"""Forms: raised hands, content behind a form, newsletters, and the form by which a lead first came."""

from __future__ import annotations

import numpy as np

from leadscore.simulate.chain import EVALUATING
from leadscore.simulate.clock import MINUTE
from leadscore.simulate.draws import Array, Rng, chance, weighted
from leadscore.simulate.hands import FORMS as HAND_FORMS
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import table
from leadscore.simulate.web import Sessions, address

DOWNLOADS = np.array([0.008, 0.070, 0.100, 0.070, 0.003])
"""Downloads behind a form in a week, by phase, at mean activeness."""
CONTENT = {"paper": ("Whitepaper Download: ", 1.0), "case": ("Case Study Download: ", 0.6)}
NEWSLETTER = 0.12
"""Share of the other forms that are newsletter sign-ups."""


def fill_out(rng: Rng, ledger: Ledger, scene: Scene) -> tuple[tuple[Array, Array], Sessions]:
    """Log forms. Returns ((lead, instant) of every form, the sessions in which they were found)."""
    names, pages = _catalogue()
    hands = scene.hands
    lead, phase, moment = scene.touches(rng, DOWNLOADS, times="activeness")
    came = _by_form(scene)
    who = np.concatenate([hands["lead"], lead, came])
    when = np.concatenate([hands["moment"], moment, scene.leads["created"].to_numpy()[came]])
    form = np.concatenate([hands["form"], _content(rng, len(lead) + len(came))])
    ledger.log(
        "fill_out_form",
        who,
        when,
        primary_attribute_value=names[form],
        primary_attribute_value_id=6001 + form,
        webpage_id=5001 + form,
        referrer_url=address(pages[form], True),
        client_ip_address="203.0.113.7",
        form_fields='{"module":"leadCapture"}',
    )
    seen = when - rng.integers(1, 6, len(who)) * MINUTE
    visited = (seen >= scene.leads["known"].to_numpy()[who]) & chance(rng, 0.95, len(who))
    drive = np.concatenate([EVALUATING * hands["genuine"].to_numpy(), phase, np.zeros(len(came), dtype=np.int64)])
    return (who, when), Sessions(who[visited], drive[visited], seen[visited], pages[form[visited]])


def _by_form(scene: Scene) -> Array:
    """The leads that came by a form, other than a webinar's (which has its own) or a raised hand."""
    lead = np.arange(len(scene.leads))
    by_form = scene.of_source("source_type", lead) == "Web form fill-out"
    webinar = scene.of_source("lead_source", lead) == "Webinar"
    return np.flatnonzero(by_form & ~webinar & ~scene.leads["raised"].to_numpy())


def _catalogue() -> tuple[Array, Array]:
    """Names of all forms, raised hands first, newsletter last, and the page each stands on."""
    pages = table("pages")
    names = list(HAND_FORMS)
    places = [int(pages.index[pages["path"] == path][0]) for path, _ in HAND_FORMS.values()]
    for subject, (prefix, _) in CONTENT.items():
        found = pages[pages["subject"] == subject]
        names += list(prefix + found["title"])
        places += list(found.index)
    home = int(pages.index[pages["path"] == "/"][0])
    return np.array([*names, "Newsletter"], dtype=object), np.array([*places, home])


def _content(rng: Rng, count: int) -> Array:
    """Forms other than raised hands, as rows of the catalogue."""
    pages = table("pages")
    weights: list[float] = []
    for subject, (_, share) in CONTENT.items():
        weights += list(share * pages.loc[pages["subject"] == subject, "weight"].astype(float))
    form = len(HAND_FORMS) + weighted(rng, weights, count)
    return np.where(chance(rng, NEWSLETTER, count), len(HAND_FORMS) + len(weights), form)
