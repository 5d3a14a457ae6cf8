"""The tables of person records: marketo.lead, salesforce.lead and salesforce.contact, with test records among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from leadscore.simulate.clock import DAY, MINUTE, Calendar, instants
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.crm import account_ids
from leadscore.simulate.draws import Array, Rng, chance, choose, salesforce_ids, texts, weighted
from leadscore.simulate.emails import MailOutcome
from leadscore.simulate.ledger import synced
from leadscore.simulate.records import CONTACT, LEAD, MARKETO, main_record
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import VENDOR_DOMAIN
from leadscore.simulate.write import WorldWriter

TESTS = 0.004
"""Test records per lead."""
LATER_OPPORTUNITY = 0.08
"""Share of conversions whose lead does not name the opportunity: only the contact's role on it does."""
STATUSES = ("Open - Not Contacted", "Working - Contacted", "Nurturing", "Unqualified")
RATINGS = ("Cold", "Warm", "Hot")


SHARED = ("first_name", "last_name", "email", "title", "phone", "lead_source")
FIRM = ("company", "website", "country", "state", "city", "industry")


def write_people(
    rng: Rng, writer: WorldWriter, said: pd.DataFrame, outcome: MailOutcome, scores: Array, owners: Array, scene: Scene
) -> None:
    """Write all records with what they say (aligned to `scene.records`)."""
    crm = _Crm(scene)
    for system, columns in ((MARKETO, _marketo), (LEAD, _lead), (CONTACT, _contact)):
        rows = (scene.records["system"] == system).to_numpy()
        part = _part(rng, rows, said, outcome, scores, owners, crm)
        source, name = system.split(".")
        writer.raw(source, name, {**columns(rng, part), "_fivetran_synced": synced(rng, part.changed, scene.span)})
    _write_tests(rng, writer, len(scene.leads), scene.span)


class _Crm:
    """The Salesforce ids that belong to each lead: of its lead, contact and opportunity; and of each account."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        ids, leads = scene.records["id"].to_numpy(object), scene.leads
        lead, contact = (main_record(scene.records, system, len(leads)) for system in (LEAD, CONTACT))
        self.lead, self.contact = choose(lead >= 0, ids[lead]), choose(contact >= 0, ids[contact])
        self.opportunity = np.array([*scene.deals["id"], None], dtype=object)[leads["deal"]]
        self.account = account_ids(len(scene.companies))


@dataclass(frozen=True)
class _Part:
    """The records of one system. Arrays are aligned to `own`; those of the lead hold the last lead's where it is -1."""

    own: pd.DataFrame
    said: pd.DataFrame
    leads: pd.DataFrame
    """The lead of each record."""
    main: Array
    changed: Array
    opted_out: Array
    bounced: Array
    score: Array
    owner: Array
    source_type: Array
    ids: dict[str, Array]
    """Salesforce ids that belong to the record's lead and company."""

    def text(self, *names: str) -> dict[str, Array]:
        """These fields of what the records say."""
        return {name: texts(self.said[name]) for name in names}

    def stamps(self, created: str, *changed: str) -> dict[str, Array]:
        """Creation, and last change under all of its names."""
        return {created: instants(self.own["created"])} | {name: instants(self.changed) for name in changed}


def _part(
    rng: Rng, rows: Array, said: pd.DataFrame, outcome: MailOutcome, scores: Array, owners: Array, crm: _Crm
) -> _Part:
    scene = crm.scene
    own = scene.records[rows]
    lead = own["lead"].to_numpy()
    return _Part(
        own=own,
        said=said[rows],
        leads=scene.leads.iloc[lead].reset_index(drop=True),
        main=own["kind"].eq("main").to_numpy(),
        changed=_changed(rng, own, scene),
        opted_out=_reached(rng, outcome.opted_out, own),
        bounced=_reached(rng, outcome.bounced, own),
        score=scores[lead],
        owner=owners[lead % len(owners)],
        source_type=scene.of_source("source_type", lead),
        ids={
            "lead": crm.lead[lead],
            "contact": crm.contact[lead],
            "opportunity": crm.opportunity[lead],
            "account": crm.account[own["company"]],
        },
    )


def _reached(rng: Rng, moment: Array, own: pd.DataFrame) -> Array:
    """Whether a lead's opt-out or bounce got through to a record: to all proper Marketo records, to most others."""
    lead = own["lead"].to_numpy()
    happened = (lead >= 0) & (moment[lead] < NEVER)
    sure = own["system"].eq(MARKETO).to_numpy() & own["kind"].eq("main").to_numpy()
    return np.asarray(happened & (sure | chance(rng, 0.7, len(own))))


def _changed(rng: Rng, own: pd.DataFrame, scene: Scene) -> Array:
    """When each record was last changed: when it went, at or after its conversion, or some time after creation."""
    created, lead = own["created"].to_numpy(), own["lead"].to_numpy()
    proper = (lead >= 0) & own["kind"].eq("main").to_numpy()
    converted = np.where(proper, scene.leads["converted"].to_numpy()[lead], NEVER)
    later = created + rng.exponential(90 * DAY, len(own)).astype(np.int64)
    later = np.maximum(np.minimum(later, scene.span.end_instant - MINUTE), created)
    last = np.where(converted < NEVER, np.maximum(converted, later), later)
    return choose(own["gone"] < NEVER, own["gone"], last)


def _marketo(rng: Rng, part: _Part) -> dict[str, Any]:
    """Columns of marketo.lead."""
    linked = part.main & part.leads["synced"].to_numpy()
    as_lead = linked & (part.leads["sf_lead"] < NEVER).to_numpy()
    as_contact = linked & (part.leads["sf_contact"] < NEVER).to_numpy()
    return {
        "id": part.own["id"].astype(np.int64).to_numpy(),
        "_fivetran_deleted": (part.own["gone"] < NEVER).to_numpy(),
        **part.text(*SHARED, *FIRM),
        "mobile_phone": texts(part.said["mobile"]),
        "number_of_employees": part.said["employees"].astype("Float64").astype("Int64"),
        "annual_revenue": part.said["revenue"],
        "sfdc_lead_id": choose(as_lead, part.ids["lead"]),
        "sfdc_contact_id": choose(as_contact, part.ids["contact"]),
        "sfdc_account_id": choose(as_contact, part.ids["account"]),
        "sfdc_type": choose(as_contact, "Contact", choose(as_lead, "Lead")),
        "lead_status": choose(as_contact, "Qualified", "Open"),
        "lead_score": np.where(part.main, part.score, 0),
        "unsubscribed": part.opted_out,
        "email_invalid": part.bounced,
        "email_invalid_cause": choose(part.bounced, "550 5.1.1 user unknown"),
        "original_source_type": part.source_type,
        "registration_source_type": part.source_type,
        "do_not_call": chance(rng, 0.02, len(part.own)),
        "is_anonymous": False,
        "lead_partition_id": 1,
        **part.stamps("created_at", "updated_at"),
    }


def _whole_name(said: pd.DataFrame) -> Array:
    first, last = texts(said["first_name"]), texts(said["last_name"])
    return choose(pd.isna(first), last, choose(pd.isna(first), "", first) + " " + last)


def _lead(rng: Rng, part: _Part) -> dict[str, Any]:
    """Columns of salesforce.lead; status, rating and converted_* record the outcome."""
    count, converted = len(part.own), part.leads["converted"].to_numpy()
    turned = part.main & (converted < NEVER) & ~part.leads["by_role"].to_numpy()
    status = np.array(STATUSES, dtype=object)[weighted(rng, [0.4, 0.3, 0.2, 0.1], count)]
    warmth = np.where(turned, weighted(rng, [0.05, 0.25, 0.7], count), weighted(rng, [0.5, 0.4, 0.1], count))
    named = turned & ~chance(rng, LATER_OPPORTUNITY, count)
    return {
        "id": part.own["id"].to_numpy(object),
        "name": _whole_name(part.said),
        **part.text(*SHARED, *FIRM),
        "mobile_phone": texts(part.said["mobile"]),
        "number_of_employees": part.said["employees"].astype("Float64").astype("Int64"),
        "annual_revenue": part.said["revenue"],
        "status": choose(turned, "Closed - Converted", status),
        "rating": choose(chance(rng, 0.4, count), None, np.array(RATINGS, dtype=object)[warmth]),
        "is_converted": turned,
        "converted_date": instants(converted, ~turned),
        "converted_contact_id": choose(turned, part.ids["contact"]),
        "converted_account_id": choose(turned, part.ids["account"]),
        "converted_opportunity_id": choose(named, part.ids["opportunity"]),
        "has_opted_out_of_email": part.opted_out,
        "email_bounced_reason": choose(part.bounced, "user unknown"),
        "do_not_call": chance(rng, 0.02, count),
        "owner_id": part.owner,
        "is_deleted": (part.own["gone"] < NEVER).to_numpy(),
        "master_record_id": texts(part.own["id"].reindex(part.own["into"])),
        "is_unread_by_owner": chance(rng, 0.3, count),
        **part.stamps("created_date", "last_modified_date", "system_modstamp"),
    }


def _contact(rng: Rng, part: _Part) -> dict[str, Any]:
    """Columns of salesforce.contact."""
    return {
        "id": part.own["id"].to_numpy(object),
        "account_id": part.ids["account"],
        "name": _whole_name(part.said),
        **part.text(*SHARED, "department"),
        "mobile_phone": texts(part.said["mobile"]),
        **{f"mailing_{name}": texts(part.said[name]) for name in ("country", "state", "city")},
        "has_opted_out_of_email": part.opted_out,
        "is_email_bounced": part.bounced,
        "do_not_call": chance(rng, 0.02, len(part.own)),
        "owner_id": part.owner,
        "is_deleted": False,
        **part.stamps("created_date", "last_modified_date", "system_modstamp"),
    }


def _write_tests(rng: Rng, writer: WorldWriter, leads: int, span: Calendar) -> None:
    """Records that somebody made to try the systems out; they belong to no person."""
    count = max(3, round(leads * TESTS))
    number = np.arange(count)
    text = number.astype(str).astype(object)
    domain = np.array([VENDOR_DOMAIN, "test.com", "example.com"], dtype=object)[number % 3]
    made = np.sort(
        span.start_instant + (rng.random(count) * (span.end_instant - span.start_instant - DAY)).astype(np.int64)
    )
    common = {
        "first_name": "QA " + text,
        "last_name": "Test",
        "email": "qa" + text + "@" + domain,
        "company": "Test Company",
        "_fivetran_synced": synced(rng, made, span),
    }
    writer.raw(
        "marketo",
        "lead",
        common
        | {
            "id": 101 + number,
            "created_at": instants(made),
            "updated_at": instants(made),
            "_fivetran_deleted": False,
            "unsubscribed": False,
            "email_invalid": False,
        },
    )
    writer.raw(
        "salesforce",
        "lead",
        common
        | {
            "id": salesforce_ids("00Q", 1 + number),
            "name": "QA " + text + " Test",
            "created_date": instants(made),
            "last_modified_date": instants(made),
            "system_modstamp": instants(made),
            "is_deleted": False,
            "is_converted": False,
            "status": STATUSES[0],
            "has_opted_out_of_email": False,
        },
    )
