"""Which records a person has in which system, and since when: first the proper ones, then the duplicates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.clock import DAY, MINUTE, Calendar
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, salesforce_ids
from leadscore.simulate.vocabulary import table

MARKETO, LEAD, CONTACT = "marketo.lead", "salesforce.lead", "salesforce.contact"
SYSTEMS = (MARKETO, LEAD, CONTACT)

DUPLICATES = pd.DataFrame(
    [
        # kind, system, share of the leads in that system, share that ends merged, share that ends deleted
        ("same_email", MARKETO, 0.030, 0.25, 0.05),
        ("near_email", MARKETO, 0.025, 0.25, 0.05),
        ("free_mail", MARKETO, 0.070, 0.04, 0.02),
        ("job_change", MARKETO, 0.030, 0.0, 0.02),
        ("same_email", LEAD, 0.040, 0.25, 0.05),
        ("near_email", LEAD, 0.045, 0.20, 0.05),
        ("job_change", LEAD, 0.030, 0.0, 0.02),
    ],
    columns=["kind", "system", "share", "merged", "deleted"],
)
"""Kinds of duplicates: the same address again, a mistyped or missing or alias address, a private address, the person's
former employer."""

UNSYNCED = 0.22
"""Share of leads in both systems whose records do not name each other."""
UNSYNCED_APART = 0.45
"""Share of those whose addresses differ as well."""
BY_ROLE_ONLY = 0.12
"""Share of converting Salesforce leads left unconverted: a contact is made by hand and put on the opportunity."""


def first_records(rng: Rng, leads: pd.DataFrame, accounts_since: Array, span: Calendar) -> pd.DataFrame:
    """When each lead got its proper records: marketo, sf_lead, sf_contact (instants, NEVER if not), and how.

    Adds to a copy of `leads`: the three instants, by_role (on an opportunity without being converted), synced (the two
    systems' records name each other), apart (their addresses differ).
    """
    count = len(leads)
    created, converted = leads["created"].to_numpy(), leads["converted"].to_numpy()
    from_sales = table("sources")["source_type"].eq("Salesforce.com").to_numpy()[leads["source"]]
    in_marketo = np.where(from_sales, chance(rng, 0.5, count), chance(rng, 0.95, count))
    at_once = ~in_marketo | from_sales | leads["raised"].to_numpy() | chance(rng, 0.38, count)
    later = np.where(chance(rng, 0.22, count), created + (rng.exponential(60 * DAY, count)).astype(np.int64), NEVER)
    asked = np.minimum(leads["hand"].to_numpy(), NEVER - DAY) + 5 * MINUTE
    since = np.where(at_once, created + rng.integers(1, 20, count) * MINUTE, np.minimum(later, asked))
    old_contact = at_once & (accounts_since[leads["company"]] < created) & chance(rng, 0.08, count)
    since = np.where(since < span.end_instant, since, NEVER)
    sf_lead = np.where(old_contact | (since >= converted), NEVER, since)
    by_role = (sf_lead == NEVER) | chance(rng, BY_ROLE_ONLY, count)
    sf_contact = np.where(old_contact, since, np.where(converted < NEVER, converted, NEVER))
    synced = ~chance(rng, UNSYNCED, count)
    return leads.assign(
        marketo=np.where(in_marketo, created, NEVER),
        sf_lead=sf_lead,
        sf_contact=sf_contact,
        by_role=by_role & (converted < NEVER),
        synced=synced,
        apart=~synced & chance(rng, UNSYNCED_APART, count),
    )


def records(
    rng: Rng,
    leads: pd.DataFrame,
    roles: pd.DataFrame,
    deals: pd.DataFrame,
    people: pd.DataFrame,
    companies: int,
    span: Calendar,
) -> pd.DataFrame:
    """Every record of a person, by system and creation.

    Columns: system, id (BIGINT as text of digits for Marketo, 18 characters for Salesforce), lead (row, -1 for people
    known only from an opportunity), person, company, kind ('main' or as in DUPLICATES, 'stranger' for the former),
    created, gone (instant it was merged away or deleted, NEVER), into (row of the record it was merged into, -1).
    """
    parts = [
        _main(leads, system, name) for system, name in zip(SYSTEMS, ("marketo", "sf_lead", "sf_contact"), strict=True)
    ]
    parts.append(_strangers(roles, deals, people))
    parts += [_duplicates(rng, leads, kind, companies, span) for kind in DUPLICATES.itertuples(index=False)]
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[frame["created"] < span.end_instant]
    frame["order"] = frame["system"].map({system: place for place, system in enumerate(SYSTEMS)})
    frame = frame.sort_values(["order", "created", "person", "kind"], ignore_index=True).drop(columns="order")
    frame["gone"] = np.where(frame["gone"] < span.end_instant, frame["gone"], NEVER)
    frame["into"] = np.where(frame["merged"] & (frame["gone"] < NEVER), _survivor(frame), -1)
    frame.loc[frame["merged"] & (frame["into"] < 0), "gone"] = NEVER
    frame["id"] = _ids(rng, frame)
    return frame.drop(columns="merged")


def known_since(leads: pd.DataFrame, frame: pd.DataFrame, span: Calendar) -> tuple[Array, Array]:
    """(instant, week) since when Marketo has known each lead: creation, or the record of a former employer."""
    former = frame[(frame["system"] == MARKETO) & (frame["kind"] == "job_change")]
    moment = leads["created"].to_numpy().copy()
    np.minimum.at(moment, former["lead"].to_numpy(), former["created"].to_numpy())
    return moment, np.minimum((moment - span.start_instant) // (7 * DAY), leads["week"].to_numpy())


def main_record(frame: pd.DataFrame, system: str, leads: int) -> Array:
    """Row of each lead's proper record in a system, -1 if it has none."""
    found = frame[(frame["system"] == system) & (frame["kind"] == "main")]
    row = np.full(leads, -1)
    row[found["lead"]] = found.index
    return row


def _main(leads: pd.DataFrame, system: str, since: str) -> pd.DataFrame:
    found = leads[leads[since] < NEVER]
    return _frame(system, found.index, found["person"], found["company"], "main", found[since])


def _strangers(roles: pd.DataFrame, deals: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Contacts made at their first opportunity for people who were no leads."""
    found = roles[roles["lead"] < 0].drop_duplicates("person")
    moment = deals["moment"].to_numpy()[found["deal"]]
    return _frame(
        CONTACT, found["lead"], found["person"], people["company"].to_numpy()[found["person"]], "stranger", moment
    )


def _duplicates(rng: Rng, leads: pd.DataFrame, kind: tuple, companies: int, span: Calendar) -> pd.DataFrame:  # type: ignore[type-arg]
    """One kind of duplicate: made later than the proper record, or earlier at a former employer."""
    name, system, share, merged, deleted = kind
    since = leads["marketo" if system == MARKETO else "sf_lead"]
    found = leads[(since < NEVER).to_numpy() & chance(rng, share, len(leads))]
    count, start = len(found), since.loc[found.index].to_numpy()
    later = start + DAY + rng.exponential(90 * DAY, count).astype(np.int64)
    before = span.start_instant + (rng.random(count) * (found["created"].to_numpy() - span.start_instant)).astype(
        np.int64
    )
    company = found["company"].to_numpy()
    if name == "job_change":
        company = (company + 1 + rng.integers(0, max(companies - 1, 1), count)) % companies
    created = before if name == "job_change" else later
    fate = rng.random(count)
    gone = created + 2 * DAY + rng.exponential(60 * DAY, count).astype(np.int64)
    frame = _frame(system, found.index, found["person"], company, name, created)
    return frame.assign(gone=np.where(fate < merged + deleted, gone, NEVER), merged=fate < merged)


def _frame(
    system: str,
    lead: pd.Index | pd.Series,
    person: pd.Series,
    company: Array | pd.Series,
    kind: str,
    created: Array | pd.Series,
) -> pd.DataFrame:
    columns = {"lead": lead, "person": person, "company": company, "created": created}
    frame = pd.DataFrame({name: np.asarray(values, dtype=np.int64) for name, values in columns.items()})
    return frame.assign(system=system, kind=kind, gone=NEVER, merged=False)


def _survivor(frame: pd.DataFrame) -> Array:
    """The proper record in the same system of each record's lead, -1 if there is none."""
    found = np.full(len(frame), -1)
    for system in SYSTEMS:
        rows = np.flatnonzero((frame["system"] == system) & (frame["lead"] >= 0))
        if len(rows):
            lead = frame["lead"].to_numpy()[rows]
            found[rows] = main_record(frame, system, int(lead.max()) + 1)[lead]
    return found


def _ids(rng: Rng, frame: pd.DataFrame) -> Array:
    """Ids ascending with creation: integers with gaps in Marketo, 18 characters in Salesforce."""
    ids = np.empty(len(frame), dtype=object)
    for system, prefix in zip(SYSTEMS, ("", "00Q", "003"), strict=True):
        rows = np.flatnonzero(frame["system"] == system)
        numbers = 100_000 + np.cumsum(rng.integers(1, 5, len(rows)))
        ids[rows] = salesforce_ids(prefix, numbers) if prefix else numbers.astype(str)
    return ids
