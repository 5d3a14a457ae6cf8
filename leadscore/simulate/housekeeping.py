"""What Marketo logs about its own records: creation, conversion, merges, deletions, scores and moments for sales."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.clock import MINUTE, days
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, choose
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.records import MARKETO
from leadscore.simulate.scene import Scene

POINTS = {"form": 10, "pricing": 5, "webinar": 8}


def log_records(rng: Rng, ledger: Ledger, scene: Scene) -> None:
    """Log new_lead, merge_leads, delete_lead of all Marketo records, and convert_lead of the converted."""
    leads = scene.leads
    found = scene.records[scene.records["system"] == MARKETO]
    number, created = ledger.id[found.index], found["created"].to_numpy()
    kind = scene.of_source("source_type", found["lead"].to_numpy())
    ledger.log_records(
        "new_lead",
        number,
        created,
        created_date=days(created),
        lead_source=scene.of_source("lead_source", found["lead"].to_numpy()),
        source_type=kind,
        sfdc_type=choose(kind == "Salesforce.com", "Lead", None),
    )
    gone = found[found["gone"] < NEVER].sort_values("gone", kind="stable")
    merged = gone["into"].to_numpy() >= 0
    loser, moment = ledger.id[gone.index], gone["gone"].to_numpy()
    ledger.log_records(
        "merge_leads",
        ledger.id[gone["into"].to_numpy()[merged]],
        moment[merged],
        merge_ids=np.asarray("[" + loser[merged].astype(str).astype(object) + "]"),
        merge_source="leaddb",
        master_updated=chance(rng, 0.5, int(merged.sum())),
        merged_in_sales=False,
    )
    ledger.log_records("delete_lead", loser[~merged], moment[~merged], primary_attribute_value="deleted")
    turned = np.flatnonzero((leads["converted"] < NEVER) & ~leads["by_role"] & (leads["sf_lead"] < NEVER))
    ledger.log("convert_lead", turned, leads["converted"].to_numpy()[turned], primary_attribute_value="Salesforce")


def log_scores(
    ledger: Ledger, forms: tuple[Array, Array], priced: tuple[Array, Array], webinars: tuple[Array, Array], scene: Scene
) -> Array:
    """Log change_score for every form, pricing visit and attended webinar, each (lead, instant).

    Returns the last score of each lead.
    """
    parts = {"form": forms, "pricing": priced, "webinar": webinars}
    lead, moment = (np.concatenate(column) for column in zip(*parts.values(), strict=True))
    length = [len(part[0]) for part in parts.values()]
    points = np.repeat([POINTS[reason] for reason in parts], length)
    reason = np.repeat(np.array(list(parts), dtype=object), length)
    order = np.flatnonzero(ledger.known(lead))
    order = order[np.lexsort((moment[order], lead[order]))]
    lead, moment, points, reason = lead[order], moment[order], points[order], reason[order]
    after = pd.Series(points).groupby(lead).cumsum().to_numpy()
    ledger.log(
        "change_score",
        lead,
        moment,
        primary_attribute_value="Lead Score",
        change_value=np.asarray("+" + points.astype(str).astype(object)),
        old_value=after - points,
        new_value=after,
        reason=reason,
    )
    return np.bincount(lead, weights=points, minlength=len(scene.leads)).astype(np.int64)


def log_moments(rng: Rng, ledger: Ledger, priced: tuple[Array, Array], scene: Scene) -> None:
    """Log the moments that marketing finds worth a salesperson's glance, and clicks on links in the site's text."""
    hands, end = scene.hands, scene.span.end_instant
    lead, moment = (np.concatenate(pair) for pair in zip((hands["lead"], hands["moment"]), priced, strict=True))
    form = np.arange(len(lead)) < len(hands)
    chosen = chance(rng, np.where(form, 0.9, 0.15), len(lead)) & (moment + MINUTE < end)
    text = choose(form, "Filled out a form that asks for sales", "Visited the pricing page")
    ledger.log(
        "interesting_moment",
        lead[chosen],
        moment[chosen] + MINUTE,
        primary_attribute_value=choose(form, "Milestone", "Web")[chosen],
        description=text[chosen],
        source="Smart campaign",
    )
    clicked = chance(rng, 0.3, len(lead)) & (moment + 2 * MINUTE < end)
    ledger.log(
        "click_link",
        lead[clicked],
        moment[clicked] + 2 * MINUTE,
        primary_attribute_value="https://www.example-vendor.com/docs/getting-started",
        webpage_id=5012,
    )
