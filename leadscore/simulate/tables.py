"""The tables of person records: marketo.lead, salesforce.lead and salesforce.contact, with test records among them."""

from __future__ import annotations

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
from leadscore.simulate.vocabulary import VENDOR_DOMAIN, table
from leadscore.simulate.write import Columns, WorldWriter

TESTS = 0.004
"""Test records per lead."""
LATER_OPPORTUNITY = 0.08
"""Share of conversions whose lead does not name the opportunity: only the contact's role on it does."""
STATUSES = ("Open - Not Contacted", "Working - Contacted", "Nurturing", "Unqualified")
RATINGS = ("Cold", "Warm", "Hot")


def write_people(
    rng: Rng,
    writer: WorldWriter,
    frame: pd.DataFrame,
    texts_of: pd.DataFrame,
    leads: pd.DataFrame,
    deals: pd.DataFrame,
    outcome: MailOutcome,
    scores: Array,
    companies: int,
    owners: Array,
    span: Calendar,
) -> None:
    """Write all records with what they say (`texts_of`, aligned to `frame`)."""
    writers = {MARKETO: _marketo, LEAD: _lead, CONTACT: _contact}
    for system, columns in writers.items():
        rows = (frame["system"] == system).to_numpy()
        own = frame[rows].assign(
            out=_reached(rng, outcome.opted_out, frame[rows]), bounced=_reached(rng, outcome.bounced, frame[rows])
        )
        changed = _changed(rng, own, leads, span)
        source, name = system.split(".")
        stamps = {"_fivetran_synced": synced(rng, changed, span)}
        crm = _Crm(frame, leads, deals, companies)
        writer.raw(source, name, {**columns(rng, own, texts_of[rows], leads, crm, scores, owners, changed), **stamps})
    _write_tests(rng, writer, len(leads), span)


class _Crm:
    """The Salesforce ids that belong to each lead: of its lead, contact, account and opportunity."""

    def __init__(self, frame: pd.DataFrame, leads: pd.DataFrame, deals: pd.DataFrame, companies: int) -> None:
        ids = frame["id"].to_numpy(object)
        lead, contact = (main_record(frame, system, len(leads)) for system in (LEAD, CONTACT))
        self.lead, self.contact = choose(lead >= 0, ids[lead], None), choose(contact >= 0, ids[contact], None)
        self.accounts = account_ids(companies)
        deal = leads["deal"].to_numpy()
        found = np.array([*deals["id"], None], dtype=object)[deal]
        self.opportunity = choose(deal >= 0, found, None)


def _reached(rng: Rng, moment: Array, own: pd.DataFrame) -> Array:
    """Whether a lead's opt-out or bounce got through to a record: to all proper Marketo records, to most others."""
    lead = own["lead"].to_numpy()
    happened = (lead >= 0) & (moment[lead] < NEVER)
    sure = own["system"].eq(MARKETO).to_numpy() & own["kind"].eq("main").to_numpy()
    return np.asarray(happened & (sure | chance(rng, 0.7, len(own))))


def _changed(rng: Rng, own: pd.DataFrame, leads: pd.DataFrame, span: Calendar) -> Array:
    """When each record was last changed: at its conversion or end if it had one, else some time after creation."""
    created, lead = own["created"].to_numpy(), own["lead"].to_numpy()
    converted = choose((lead >= 0) & own["kind"].eq("main"), leads["converted"].to_numpy()[lead], NEVER)
    later = np.minimum(created + rng.exponential(90 * DAY, len(own)).astype(np.int64), span.end_instant - MINUTE)
    last = np.where(converted < NEVER, np.maximum(converted, later), later)
    return choose(own["gone"] < NEVER, own["gone"], np.maximum(last, created))


def _stamps(own: pd.DataFrame, changed: Array, names: tuple[str, ...]) -> dict[str, Any]:
    created, *rest = names
    return {created: instants(own["created"])} | {name: instants(changed) for name in rest}


def _marketo(
    rng: Rng,
    own: pd.DataFrame,
    said: pd.DataFrame,
    leads: pd.DataFrame,
    crm: _Crm,
    scores: Array,
    owners: Array,
    changed: Array,
) -> Columns:
    lead, main = own["lead"].to_numpy(), own["kind"].eq("main").to_numpy()
    linked = main & leads["synced"].to_numpy()[lead]
    contact = linked & (leads["sf_contact"].to_numpy()[lead] < NEVER)
    source = table("sources").iloc[leads["source"].to_numpy()[lead]]
    has_crm = linked & (leads["sf_lead"].to_numpy()[lead] < NEVER)
    return {
        "id": own["id"].astype(np.int64).to_numpy(),
        "_fivetran_deleted": (own["gone"] < NEVER).to_numpy(),
        **{
            name: texts(said[name])
            for name in (
                "first_name",
                "last_name",
                "email",
                "title",
                "phone",
                "company",
                "website",
                "country",
                "state",
                "city",
                "industry",
                "lead_source",
            )
        },
        "mobile_phone": texts(said["mobile"]),
        "number_of_employees": said["employees"].astype("Float64").astype("Int64"),
        "annual_revenue": said["revenue"],
        "sfdc_lead_id": choose(has_crm, crm.lead[lead], None),
        "sfdc_contact_id": choose(contact, crm.contact[lead], None),
        "sfdc_account_id": choose(contact, crm.accounts[own["company"]], None),
        "sfdc_type": choose(contact, "Contact", choose(has_crm, "Lead", None)),
        "lead_status": choose(contact, "Qualified", "Open"),
        "lead_score": choose(main, scores[lead], 0),
        "unsubscribed": own["out"].to_numpy(),
        "email_invalid": own["bounced"].to_numpy(),
        "email_invalid_cause": choose(own["bounced"], "550 5.1.1 user unknown", None),
        "original_source_type": source["source_type"].to_numpy(object),
        "registration_source_type": source["source_type"].to_numpy(object),
        "do_not_call": chance(rng, 0.02, len(own)),
        "is_anonymous": False,
        "lead_partition_id": 1,
        **_stamps(own, changed, ("created_at", "updated_at")),
    }


def _names(said: pd.DataFrame) -> dict[str, Any]:
    """First, last and whole name; Salesforce insists on a last name."""
    first, last = texts(said["first_name"]), texts(said["last_name"])
    whole = choose(pd.isna(first), last, choose(pd.isna(first), "", first) + " " + last)
    return {"first_name": first, "last_name": last, "name": whole}


def _lead(
    rng: Rng,
    own: pd.DataFrame,
    said: pd.DataFrame,
    leads: pd.DataFrame,
    crm: _Crm,
    scores: Array,
    owners: Array,
    changed: Array,
) -> Columns:
    lead, main = own["lead"].to_numpy(), own["kind"].eq("main").to_numpy()
    converted = leads["converted"].to_numpy()[lead]
    turned = main & (converted < NEVER) & ~leads["by_role"].to_numpy()[lead]
    status = np.array(STATUSES, dtype=object)[weighted(rng, [0.4, 0.3, 0.2, 0.1], len(own))]
    warmth = np.where(turned, weighted(rng, [0.05, 0.25, 0.7], len(own)), weighted(rng, [0.5, 0.4, 0.1], len(own)))
    into = own["into"].to_numpy()
    master = own["id"].reindex(into).to_numpy(object)
    return {
        "id": own["id"].to_numpy(object),
        **_names(said),
        **{
            name: texts(said[name])
            for name in (
                "email",
                "title",
                "phone",
                "company",
                "website",
                "country",
                "state",
                "city",
                "industry",
                "lead_source",
            )
        },
        "mobile_phone": texts(said["mobile"]),
        "number_of_employees": said["employees"].astype("Float64").astype("Int64"),
        "annual_revenue": said["revenue"],
        "status": choose(turned, "Closed - Converted", status),
        "rating": choose(chance(rng, 0.4, len(own)), None, np.array(RATINGS, dtype=object)[warmth]),
        "is_converted": turned,
        "converted_date": instants(converted, ~turned),
        "converted_contact_id": choose(turned, crm.contact[lead], None),
        "converted_account_id": choose(turned, crm.accounts[own["company"]], None),
        "converted_opportunity_id": choose(
            turned & ~chance(rng, LATER_OPPORTUNITY, len(own)), crm.opportunity[lead], None
        ),
        "has_opted_out_of_email": own["out"].to_numpy(),
        "email_bounced_reason": choose(own["bounced"], "user unknown", None),
        "do_not_call": chance(rng, 0.02, len(own)),
        "owner_id": owners[lead % len(owners)],
        "is_deleted": (own["gone"] < NEVER).to_numpy(),
        "master_record_id": choose(into >= 0, master, None),
        "is_unread_by_owner": chance(rng, 0.3, len(own)),
        **_stamps(own, changed, ("created_date", "last_modified_date", "system_modstamp")),
    }


def _contact(
    rng: Rng,
    own: pd.DataFrame,
    said: pd.DataFrame,
    leads: pd.DataFrame,
    crm: _Crm,
    scores: Array,
    owners: Array,
    changed: Array,
) -> Columns:
    return {
        "id": own["id"].to_numpy(object),
        "account_id": crm.accounts[own["company"]],
        **_names(said),
        **{name: texts(said[name]) for name in ("email", "title", "department", "phone", "lead_source")},
        "mobile_phone": texts(said["mobile"]),
        **{f"mailing_{name}": texts(said[name]) for name in ("country", "state", "city")},
        "has_opted_out_of_email": own["out"].to_numpy(),
        "is_email_bounced": own["bounced"].to_numpy(),
        "do_not_call": chance(rng, 0.02, len(own)),
        "owner_id": owners[own["lead"].to_numpy() % len(owners)],
        "is_deleted": False,
        **_stamps(own, changed, ("created_date", "last_modified_date", "system_modstamp")),
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
