"""Forms: raised hands, content behind a form, newsletters, and the form by which a lead first came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.clock import MINUTE, Calendar
from leadscore.simulate.draws import Array, Rng, chance, weighted
from leadscore.simulate.hands import FORMS as HAND_FORMS
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.spells import lead_touches
from leadscore.simulate.vocabulary import VENDOR_DOMAIN, table
from leadscore.simulate.web import Sessions

DOWNLOADS = np.array([0.008, 0.070, 0.100, 0.070, 0.003])
"""Downloads behind a form in a week, by phase, at mean activeness."""
CONTENT = {"paper": ("Whitepaper Download: ", 1.0), "case": ("Case Study Download: ", 0.6)}
NEWSLETTER = 0.12
"""Share of the other forms that are newsletter sign-ups."""


def fill_out(
    rng: Rng,
    ledger: Ledger,
    periods: pd.DataFrame,
    hands: pd.DataFrame,
    leads: pd.DataFrame,
    people: pd.DataFrame,
    span: Calendar,
) -> tuple[Sessions, Array, Array]:
    """Log forms. Returns (the sessions in which they were found, lead and instant of every form)."""
    names, pages = _catalogue()
    asked, asked_at, asked_form = hands["lead"].to_numpy(), hands["moment"].to_numpy(), hands["form"].to_numpy()
    active = people["activeness"].to_numpy()[leads["person"].to_numpy()[periods["lead"]]]
    lead, phase, moment = lead_touches(rng, periods, leads, DOWNLOADS[periods["phase"]] * active, span)
    came = _by_form(leads)
    came = came[~leads["raised"].to_numpy()[came]]
    who = np.concatenate([asked, lead, came])
    when = np.concatenate([asked_at, moment, leads["created"].to_numpy()[came]])
    form = np.concatenate([asked_form, _content(rng, len(lead) + len(came))])
    ledger.log(
        "fill_out_form",
        who,
        when,
        primary_attribute_value=names[form],
        primary_attribute_value_id=6001 + form,
        webpage_id=5001 + form,
        referrer_url=np.asarray(f"https://www.{VENDOR_DOMAIN}" + table("pages")["path"].to_numpy(object)[pages[form]]),
        client_ip_address="203.0.113.7",
        form_fields='{"module":"leadCapture"}',
    )
    since = leads["known"].to_numpy()[who]
    seen = when - rng.integers(1, 6, len(who)) * MINUTE
    visited = (seen >= since) & chance(rng, 0.95, len(who))
    drive = np.concatenate([2 * hands["genuine"].to_numpy(), phase, np.zeros(len(came), dtype=np.int64)])
    return Sessions(who[visited], drive[visited], seen[visited], pages[form[visited]]), who, when


def _by_form(leads: pd.DataFrame) -> Array:
    """Rows of the leads whose channel ends in a form, other than a webinar's (which has its own)."""
    sources = table("sources")
    forms = sources["source_type"].eq("Web form fill-out") & sources["lead_source"].ne("Webinar")
    return np.flatnonzero(forms.to_numpy()[leads["source"]])


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
