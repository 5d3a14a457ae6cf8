"""Programs: webinars, conferences, content and partner programs, their members, and what the CRM sees of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.clock import DAY, HOUR, MINUTE, WEEK, Calendar, days, instants
from leadscore.simulate.draws import Array, Rng, chance, choose, salesforce_ids, texts
from leadscore.simulate.ledger import Ledger, synced
from leadscore.simulate.sales import Desk
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import VENDOR_DOMAIN, table
from leadscore.simulate.write import WorldWriter

REGISTRATIONS = np.array([0.009, 0.030, 0.040, 0.028, 0.004])
ATTENDS = np.array([0.36, 0.48, 0.55, 0.55, 0.40])
BOOTHS = np.array([0.0025, 0.005, 0.008, 0.009, 0.004])
"""Webinar registrations and booth visits in a week, and share of the registered who attend, by phase."""
SUCCESSES = ("Attended", "Visited Booth")
KINDS = {  # channel in Marketo -> type of the campaign in Salesforce
    "Webinar": "Webinar",
    "Event": "Conference",
    "Content": "Content",
    "Nurture": "Content",
    "Partner": "Partner",
}


def programs(span: Calendar) -> pd.DataFrame:
    """Two webinars a month, a conference a quarter, and the standing programs.

    Columns: channel, name, moment (instant it takes place; the start of the history for standing ones). Webinars first,
    then events, each by moment.
    """
    webinars = span.week_start(np.arange(1, span.weeks + 1, 2)) + 2 * DAY + 15 * HOUR
    events = span.week_start(np.arange(5, max(span.weeks, 6), 13)) + 3 * DAY + 9 * HOUR
    titles = table("pages").loc[table("pages")["subject"] == "webinar", "title"].to_numpy(object)
    standing = {"Content": "Content Syndication", "Nurture": "Always-on Nurture", "Partner": "Partner Referrals"}
    return pd.concat(
        [
            pd.DataFrame(
                {"channel": "Webinar", "name": _numbered("Webinar ", titles, len(webinars)), "moment": webinars}
            ),
            pd.DataFrame(
                {
                    "channel": "Event",
                    "name": _numbered("Conference ", np.array(["Summit", "Roadshow"], object), len(events)),
                    "moment": events,
                }
            ),
            pd.DataFrame({"channel": list(standing), "name": list(standing.values()), "moment": span.start_instant}),
        ],
        ignore_index=True,
    )


def _numbered(prefix: str, titles: Array, count: int) -> Array:
    number = pd.Series(np.arange(1, count + 1)).astype(str).str.zfill(2).to_numpy(object)
    return np.asarray(prefix + number + ": " + titles[np.arange(count) % len(titles)], dtype=object)


def take_part(rng: Rng, ledger: Ledger, catalogue: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Log registrations (with their forms), attendance and booth visits.

    Returns the members by lead and program: lead, program, joined, moment, status (the last one and its instant).
    """
    signed = _registrations(rng, catalogue, scene)
    name, webinar = catalogue["name"].to_numpy(object), catalogue["moment"].to_numpy()[signed["program"]]
    attends = chance(rng, ATTENDS[signed["phase"]], len(signed))
    outcome = signed.assign(moment=webinar + HOUR, status=choose(attends, "Attended", "No Show"))
    outcome = outcome[outcome["moment"] < scene.span.end_instant]
    others = [_booths(rng, catalogue, scene), _standing(catalogue, scene)]
    steps = pd.concat([signed.assign(status="Registered"), outcome, *others], ignore_index=True)
    steps = steps.sort_values(["lead", "program", "moment"], kind="stable", ignore_index=True)
    program = steps["program"].to_numpy()
    ledger.log(
        "change_status_in_progression",
        steps["lead"].to_numpy(),
        steps["moment"].to_numpy(),
        primary_attribute_value=name[program],
        primary_attribute_value_id=1001 + program,
        old_status=texts(steps.groupby(["lead", "program"], sort=False)["status"].shift()),
        new_status=steps["status"].to_numpy(object),
        success=steps["status"].isin(SUCCESSES).to_numpy(),
        campaign_id=1001 + program,
    )
    _log_forms(ledger, signed, name[signed["program"]])
    return steps.groupby(["lead", "program"], as_index=False).agg(
        joined=("moment", "first"), moment=("moment", "last"), status=("status", "last")
    )


def attended(members: pd.DataFrame) -> tuple[Array, Array]:
    """(lead, instant) of the webinars attended."""
    found = members[members["status"] == "Attended"]
    return found["lead"].to_numpy(), found["moment"].to_numpy()


def _log_forms(ledger: Ledger, signed: pd.DataFrame, name: Array) -> None:
    """The forms by which people register for webinars."""
    pages = table("pages")
    webinars = pages[pages["subject"] == "webinar"]
    page = signed["program"].to_numpy() % len(webinars)
    ledger.log(
        "fill_out_form",
        signed["lead"].to_numpy(),
        signed["moment"].to_numpy(),
        primary_attribute_value="Webinar Registration: " + webinars["title"].to_numpy(object)[page],
        primary_attribute_value_id=6501 + page,
        webpage_id=5501 + page,
        referrer_url=np.asarray(f"https://www.{VENDOR_DOMAIN}" + webinars["path"].to_numpy(object)[page]),
        campaign_id=1001 + signed["program"].to_numpy(),
        program_name=name,
    )


def _registrations(rng: Rng, catalogue: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Registrations for the next webinar after each touch, and those by which webinar leads came."""
    dates = catalogue.loc[catalogue["channel"] == "Webinar", "moment"].to_numpy()
    lead, phase, moment = scene.touches(rng, REGISTRATIONS, times="activeness")
    came = scene.came_by("Webinar")
    frame = pd.DataFrame(
        {
            "lead": np.concatenate([came, lead]),
            "phase": np.concatenate([np.zeros(len(came), np.int64), phase]),
            "moment": np.concatenate([scene.leads["created"].to_numpy()[came], moment]),
        }
    )
    frame["program"] = np.searchsorted(dates, frame["moment"].to_numpy() + 2 * HOUR)
    frame = frame[frame["program"] < len(dates)]
    return frame.drop_duplicates(["lead", "program"]).sort_values(["moment", "lead"], ignore_index=True)


def _booths(rng: Rng, catalogue: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Visits to a booth: the touch moves to the nearest conference; conference leads came by one."""
    events = catalogue[catalogue["channel"] == "Event"]
    row, dates = events.index.to_numpy(), events["moment"].to_numpy()
    lead, _, moment = scene.touches(rng, BOOTHS, times="activeness")
    nearest = np.searchsorted(dates, moment).clip(max=len(dates) - 1)
    visited = dates[nearest] + rng.integers(0, 9 * 60, len(lead)) * MINUTE
    keep = (np.abs(dates[nearest] - moment) < 5 * WEEK) & (visited >= scene.leads["known"].to_numpy()[lead])
    came = scene.came_by("Conference")
    born = scene.leads["created"].to_numpy()[came]
    last = np.searchsorted(dates, born, side="right").clip(min=1) - 1
    frame = pd.DataFrame(
        {
            "lead": np.concatenate([came, lead[keep]]),
            "program": np.concatenate([row[last], row[nearest[keep]]]),
            "moment": np.concatenate([born + 2 * MINUTE, visited[keep]]),
        }
    )
    frame = frame[frame["moment"] < scene.span.end_instant]
    return frame.drop_duplicates(["lead", "program"]).assign(status="Visited Booth")


def _standing(catalogue: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """Members of the standing programs: leads bought from content syndication or sent by partners."""
    first = catalogue.drop_duplicates("channel").reset_index().set_index("channel")["index"]
    bought, sent = scene.came_by("Content Syndication"), scene.came_by("Partner Referral")
    lead = np.concatenate([bought, sent])
    program = np.repeat([first["Content"], first["Partner"]], [len(bought), len(sent)])
    moment = scene.leads["created"].to_numpy()[lead]
    return pd.DataFrame({"lead": lead, "program": program, "moment": moment, "status": "Member"})


def write_programs(rng: Rng, writer: WorldWriter, catalogue: pd.DataFrame, span: Calendar) -> None:
    """The tables program and campaign of Marketo, and campaign of Salesforce."""
    count, name = len(catalogue), catalogue["name"].to_numpy(object)
    moment = catalogue["moment"].to_numpy()
    announced = np.minimum(moment - 28 * DAY, span.end_instant - DAY)
    crm = salesforce_ids("701", 1 + np.arange(count))
    writer.raw(
        "marketo",
        "program",
        {
            "id": 1001 + np.arange(count),
            "name": name,
            "channel": catalogue["channel"].to_numpy(object),
            "type": "Default",
            "status": "",
            "workspace": "Default",
            "created_at": instants(announced),
            "updated_at": instants(announced),
            "start_date": days(moment),
            "end_date": days(moment),
            "sfdc_id": crm,
            "sfdc_name": name,
            "url": np.asarray(
                f"https://app.{VENDOR_DOMAIN}/program/" + np.arange(1001, 1001 + count).astype(str).astype(object)
            ),
            "_fivetran_deleted": False,
            "_fivetran_synced": instants(announced),
        },
    )
    writer.raw(
        "marketo",
        "campaign",
        {
            "id": 1001 + np.arange(count),
            "name": name,
            "active": True,
            "type": "trigger",
            "program_id": 1001 + np.arange(count),
            "program_name": name,
            "created_at": instants(announced),
            "updated_at": instants(announced),
            "workspace_name": "Default",
            "_fivetran_deleted": False,
            "_fivetran_synced": instants(announced),
        },
    )
    writer.raw(
        "salesforce",
        "campaign",
        {
            "id": crm,
            "name": name,
            "type": catalogue["channel"].map(KINDS).to_numpy(object),
            "status": "In Progress",
            "is_active": True,
            "is_deleted": False,
            "start_date": days(moment),
            "end_date": days(moment),
            "created_date": instants(announced),
            "last_modified_date": instants(announced),
            "system_modstamp": instants(announced),
            "_fivetran_synced": instants(announced),
            "budgeted_cost": np.round(rng.uniform(2, 40, count)) * 1000,
        },
    )


def write_memberships(rng: Rng, writer: WorldWriter, members: pd.DataFrame, ledger: Ledger, span: Calendar) -> None:
    """The table program_membership of Marketo: the last status of each member."""
    known = members[ledger.known(members["lead"].to_numpy())]
    moment, status = known["moment"].to_numpy(), known["status"].to_numpy(object)
    reached = known["status"].isin(SUCCESSES).to_numpy()
    writer.raw(
        "marketo",
        "program_membership",
        {
            "id": ledger.record(known["lead"].to_numpy(), moment),
            "program_id": 1001 + known["program"].to_numpy(),
            "membership_date": instants(known["joined"]),
            "progression_status": status,
            "reached_success": reached,
            "reached_success_date": instants(moment, ~reached),
            "acquired_by": 0,
            "is_exhausted": False,
            "_fivetran_deleted": False,
            "_fivetran_synced": synced(rng, moment, span),
        },
    )


def write_campaign_members(rng: Rng, writer: WorldWriter, members: pd.DataFrame, desk: Desk, span: Calendar) -> None:
    """Members who were in Salesforce when their status last changed, under the record they had then."""
    who, is_lead = desk.known(members["lead"].to_numpy(), members["moment"].to_numpy())
    there = pd.notna(who)
    known, who, is_lead = members[there], who[there], is_lead[there]
    lead, moment, status = known["lead"].to_numpy(), known["moment"].to_numpy(), known["status"].to_numpy(object)
    responded = status != "No Show"
    joined = np.maximum(known["joined"].to_numpy(), desk.since[lead])
    writer.raw(
        "salesforce",
        "campaign_member",
        {
            "id": salesforce_ids("00v", 1 + np.arange(len(known))),
            "campaign_id": salesforce_ids("701", 1 + known["program"].to_numpy()),
            "lead_id": choose(is_lead, who, None),
            "contact_id": choose(is_lead, None, who),
            "lead_or_contact_id": who,
            "type": choose(is_lead, "Lead", "Contact"),
            "status": status,
            "has_responded": responded,
            "first_responded_date": days(moment, ~responded),
            "is_deleted": False,
            "created_date": instants(joined),
            "last_modified_date": instants(moment),
            "system_modstamp": instants(moment),
            "_fivetran_synced": synced(rng, moment, span),
        },
    )
