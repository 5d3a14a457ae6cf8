"""Salesforce around the lead: accounts, users, opportunities and who is on them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate import dirt
from leadscore.simulate.clock import DAY, Calendar, days, instants
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, choose, salesforce_ids, texts
from leadscore.simulate.ledger import synced
from leadscore.simulate.records import CONTACT
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import VENDOR_DOMAIN, table
from leadscore.simulate.write import WorldWriter

TWICE = 0.025
"""Share of accounts that were entered a second time, without a website."""
ROLES = ("Decision Maker", "Economic Buyer", "Evaluator", "Influencer", "Business User")


def account_ids(companies: int) -> Array:
    """The id of each company's account, should it have one."""
    return salesforce_ids("001", 1 + np.arange(companies))


def write_crm(rng: Rng, writer: WorldWriter, owners: Array, scene: Scene) -> None:
    """The tables user, account, opportunity and opportunity_contact_role."""
    _write_users(rng, writer, owners, scene.span)
    _write_accounts(rng, writer, owners, scene)
    _write_opportunities(rng, writer, owners, scene)
    _write_roles(rng, writer, scene)


def _write_users(rng: Rng, writer: WorldWriter, ids: Array, span: Calendar) -> None:
    names = table("names")
    given = names.loc[(names["locale"] == "en") & (names["kind"] == "given"), "name"].to_numpy(object)
    family = names.loc[(names["locale"] == "en") & (names["kind"] == "family"), "name"].to_numpy(object)
    first, last = given[rng.integers(0, len(given), len(ids))], family[rng.integers(0, len(family), len(ids))]
    number = (1 + np.arange(len(ids))).astype(str).astype(object)
    since = instants(np.full(len(ids), span.start_instant))
    writer.raw(
        "salesforce",
        "user",
        {
            "id": ids,
            "first_name": first,
            "last_name": last,
            "name": first + " " + last,
            "username": "rep" + number + "@" + VENDOR_DOMAIN,
            "email": "rep" + number + "@" + VENDOR_DOMAIN,
            "title": "Account Executive",
            "department": "Sales",
            "is_active": chance(rng, 0.9, len(ids)),
            "user_type": "Standard",
            "time_zone_sid_key": "Europe/London",
            "created_date": since,
            "_fivetran_deleted": False,
            "_fivetran_synced": since,
        },
    )


def _write_accounts(rng: Rng, writer: WorldWriter, owners: Array, scene: Scene) -> None:
    """The accounts there are by the end, some of them twice."""
    companies, since, span = scene.companies, scene.accounts, scene.span
    bought = np.bincount(scene.deals["company"], weights=scene.deals["is_won"], minlength=len(companies)) > 0
    there = np.flatnonzero(since < NEVER)
    again = there[chance(rng, TWICE, len(there))]
    rows, second = np.concatenate([there, again]), np.arange(len(there) + len(again)) >= len(there)
    count, company = len(rows), companies.iloc[rows]
    ids = account_ids(len(companies))
    copies = salesforce_ids("001", 1 + len(companies) + np.arange(count))
    parent = company["parent"].to_numpy()
    made = since[rows] + np.where(second, rng.integers(DAY, 100 * DAY, count), 0)
    made = np.minimum(made, span.end_instant - DAY)
    country = table("countries")["country"].to_numpy(object)[company["country"]]
    place = table("cities").iloc[company["city"]]
    website = choose(chance(rng, 0.5, count), "https://www." + company["domain"], company["domain"])
    industry = table("industries")["industry"].to_numpy(object)[company["industry"]]
    name = choose(second, company["trade_name"], company["name"])
    writer.raw(
        "salesforce",
        "account",
        {
            "id": choose(second, copies, ids[rows]),
            "name": dirt.recased(rng, texts(name), 0.04),
            "website": dirt.missing(rng, website, choose(second, 1.0, 0.12)),
            "industry": dirt.missing(rng, industry, 0.15),
            "number_of_employees": _numbers(rng, company["employees"], 0.2),
            "annual_revenue": _numbers(rng, company["revenue"], 0.35),
            "billing_country": dirt.missing(rng, country, 0.1),
            "billing_city": dirt.missing(rng, place["city"].to_numpy(object), 0.15),
            "billing_state": texts(place["state"].replace("", None)),
            "type": choose(bought[rows], "Customer", "Prospect"),
            "owner_id": owners[rng.integers(0, len(owners), count)],
            "parent_id": choose((parent >= 0) & (since[parent] < NEVER) & ~second, ids[parent], None),
            "is_deleted": False,
            "created_date": instants(made),
            "last_modified_date": instants(made),
            "system_modstamp": instants(made),
            "_fivetran_synced": synced(rng, made, span),
        },
    )


def _numbers(rng: Rng, values: pd.Series, share: float) -> pd.Series:
    return values.astype("Float64").mask(chance(rng, share, len(values))).reset_index(drop=True)


def _write_opportunities(rng: Rng, writer: WorldWriter, owners: Array, scene: Scene) -> None:
    """Opportunities; their source is that of the first lead on them."""
    deals, roles, companies, span = scene.deals, scene.roles, scene.companies, scene.span
    first = roles[roles["lead"] >= 0].drop_duplicates("deal").set_index("deal")["lead"]
    lead = first.reindex(deals.index)
    source = scene.of_source("lead_source", lead.fillna(0).astype(int).to_numpy())
    moment, closes, closed = (deals[name].to_numpy() for name in ("moment", "closes", "is_closed"))
    changed = np.where(closed, closes, np.minimum(moment + 5 * DAY, span.end_instant - DAY)).clip(min=moment)
    closing = days(closes)
    writer.raw(
        "salesforce",
        "opportunity",
        {
            "id": deals["id"].to_numpy(),
            "account_id": account_ids(len(companies))[deals["company"]],
            "name": companies["trade_name"].to_numpy(object)[deals["company"]]
            + " - "
            + choose(deals["nth"] > 0, "Expansion", "New Business"),
            "type": choose(deals["nth"] > 0, "Existing Business", "New Business"),
            "stage_name": deals["stage_name"].to_numpy(object),
            "is_closed": closed,
            "is_won": deals["is_won"].to_numpy(),
            "amount": _numbers(rng, deals["amount"], 0.08),
            "close_date": closing,
            "fiscal_year": _years(closing),
            "probability": np.select([deals["is_won"], closed], [100.0, 0.0], 30.0),
            "lead_source": choose(lead.isna(), None, source),
            "owner_id": owners[rng.integers(0, len(owners), len(deals))],
            "created_date": instants(moment),
            "last_modified_date": instants(changed),
            "system_modstamp": instants(changed),
            "is_deleted": False,
            "_fivetran_synced": synced(rng, changed, span),
        },
    )


def _years(closing: Array) -> Array:
    """Calendar year of dates."""
    return np.asarray(closing.astype("datetime64[Y]").astype(np.int64) + 1970)


def _write_roles(rng: Rng, writer: WorldWriter, scene: Scene) -> None:
    """Contact roles of everybody on an opportunity who has a contact record by then."""
    deals, roles, span = scene.deals, scene.roles, scene.span
    contacts = scene.records[scene.records["system"] == CONTACT].drop_duplicates("person").set_index("person")
    moment = deals["moment"].to_numpy()[roles["deal"]]
    since = contacts["created"].reindex(roles["person"]).to_numpy()
    kept = roles[since <= moment].reset_index(drop=True)
    moment = deals["moment"].to_numpy()[kept["deal"]]
    writer.raw(
        "salesforce",
        "opportunity_contact_role",
        {
            "id": salesforce_ids("00K", 1 + np.arange(len(kept))),
            "opportunity_id": deals["id"].to_numpy()[kept["deal"]],
            "contact_id": contacts["id"].loc[kept["person"]].to_numpy(object),
            "is_primary": ~kept["deal"].duplicated().to_numpy(),
            "role": dirt.missing(rng, np.array(ROLES, dtype=object)[rng.integers(0, len(ROLES), len(kept))], 0.3),
            "is_deleted": False,
            "created_date": instants(moment),
            "last_modified_date": instants(moment),
            "system_modstamp": instants(moment),
            "_fivetran_synced": synced(rng, moment, span),
        },
    )
