"""What salespeople do: first answers to raised hands, cadences for new leads, calls, emails and meetings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate.chain import EVALUATING
from leadscore.simulate.clock import DAY, MINUTE, Calendar, days, instants
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, choose, salesforce_ids, weighted
from leadscore.simulate.ledger import Ledger, synced
from leadscore.simulate.records import CONTACT, LEAD, main_record
from leadscore.simulate.scene import Scene
from leadscore.simulate.write import WorldWriter

TASKS = np.array([0.012, 0.030, 0.070, 0.120, 0.080])
MEETINGS = np.array([0.0010, 0.004, 0.020, 0.055, 0.030])
"""Tasks and meetings with a lead in Salesforce in a week, by phase."""
CONNECTS = np.array([0.14, 0.24, 0.34, 0.40, 0.45])
"""Share of calls answered, by phase."""
CADENCE = 0.5
"""Share of new Salesforce leads that sales works through a cadence of some touches in three weeks."""
DISPOSITIONS = ("Connected", "No Answer", "Left Voicemail", "Busy")


class Desk:
    """What sales knows: under which Salesforce record a lead stands at a moment, and who owns it."""

    def __init__(self, scene: Scene) -> None:
        leads = scene.leads
        self.id = scene.records["id"].to_numpy(object)
        self.lead, self.contact = (main_record(scene.records, system, len(leads)) for system in (LEAD, CONTACT))
        self.lead_since, self.contact_since = leads["sf_lead"].to_numpy(), leads["sf_contact"].to_numpy()
        self.since = np.minimum(self.lead_since, self.contact_since)
        self.by_role, self.converted = leads["by_role"].to_numpy(), leads["converted"].to_numpy()
        self.owners = salesforce_ids("005", 1 + np.arange(5 + len(leads) // 2500))

    def known(self, lead: Array, moment: Array) -> tuple[Array, Array]:
        """(id, whether it is a lead) for each: the lead, and after conversion the contact; None if there is neither."""
        as_lead = (self.lead[lead] >= 0) & (self.lead_since[lead] <= moment)
        as_lead &= (moment < self.converted[lead]) | self.by_role[lead]
        as_contact = ~as_lead & (self.contact[lead] >= 0) & (self.contact_since[lead] <= moment)
        row = np.where(as_lead, self.lead[lead], self.contact[lead])
        return choose(as_lead | as_contact, self.id[row]), as_lead

    def reachable(self, lead: Array, moment: Array) -> tuple[Array, Array]:
        """(rows whose lead stands in Salesforce by then, in order of time; their record ids)."""
        who, _ = self.known(lead, moment)
        rows = np.flatnonzero(pd.notna(who))
        rows = rows[np.argsort(moment[rows], kind="stable")]
        return rows, who[rows]

    def owner(self, lead: Array) -> Array:
        """The representative who owns each lead."""
        return np.asarray(self.owners[lead % len(self.owners)])


def work(rng: Rng, writer: WorldWriter, ledger: Ledger, desk: Desk, scene: Scene) -> None:
    """Log tasks and meetings of sales, and what Marketo sees of its emails."""
    answered = scene.hands[scene.hands["answered"] < NEVER]
    parts = [
        (answered["lead"].to_numpy(), EVALUATING * answered["genuine"].to_numpy(), answered["answered"].to_numpy()),
        _cadences(rng, scene.leads),
        scene.touches(rng, TASKS),
    ]
    lead, phase, moment = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = moment < scene.span.end_instant
    lead, phase, moment = lead[kept], phase[kept], moment[kept]
    rows, who = desk.reachable(lead, moment)
    lead, phase, moment = lead[rows], phase[rows], moment[rows]
    kind = np.array(["Call", "Email", "Task"], dtype=object)[weighted(rng, [0.55, 0.38, 0.07], len(rows))]
    reached = chance(rng, CONNECTS[phase], len(rows))
    _write_tasks(rng, writer, kind, reached, who, desk.owner(lead), moment, scene.span)
    mail = kind == "Email"
    _write_sales_email(rng, ledger, lead[mail], phase[mail], moment[mail], scene.span)
    _write_meetings(rng, writer, desk, scene)


def _cadences(rng: Rng, leads: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Touches of sales in the three weeks after a lead appears in Salesforce, for leads that did not ask for it."""
    since = leads["sf_lead"].to_numpy()
    chosen = np.flatnonzero((since < NEVER) & ~leads["raised"].to_numpy() & chance(rng, CADENCE, len(leads)))
    lead = np.repeat(chosen, rng.integers(2, 6, len(chosen)))
    moment = since[lead] + (rng.random(len(lead)) ** 1.5 * 21 * DAY).astype(np.int64) + MINUTE * 30
    return lead, np.zeros(len(lead), dtype=np.int64), moment


def _write_tasks(
    rng: Rng, writer: WorldWriter, kind: Array, reached: Array, who: Array, owner: Array, moment: Array, span: Calendar
) -> None:
    """The table task: calls (`reached`: somebody answered), emails and a few other tasks."""
    count, call = len(kind), kind == "Call"
    other = np.array(DISPOSITIONS, dtype=object)[1 + weighted(rng, [0.6, 0.3, 0.1], count)]
    length = np.where(reached, 60 + rng.exponential(300, count), rng.integers(5, 40, count)).astype(np.int64)
    done = (kind != "Task") | chance(rng, 0.6, count)
    writer.raw(
        "salesforce",
        "task",
        {
            "id": salesforce_ids("00T", 1 + np.arange(count)),
            "who_id": who,
            "who_count": 1,
            "owner_id": owner,
            "task_subtype": kind,
            "type": kind,
            "subject": kind + ": " + choose(call, "follow up", "introduction"),
            "status": choose(done, "Completed", "Not Started"),
            "is_closed": done,
            "priority": "Normal",
            "is_high_priority": False,
            "is_deleted": False,
            "call_type": choose(call, choose(chance(rng, 0.06, count), "Inbound", "Outbound"), None),
            "call_disposition": choose(call, choose(reached, "Connected", other), None),
            "call_duration_in_seconds": pd.Series(length, dtype="Int64").mask(~call),
            "activity_date": days(moment),
            "created_date": instants(moment),
            "completed_date_time": instants(moment + MINUTE, ~done | (moment + MINUTE >= span.end_instant)),
            "last_modified_date": instants(moment),
            "system_modstamp": instants(moment),
            "_fivetran_synced": synced(rng, moment, span),
        },
    )


def _write_sales_email(rng: Rng, ledger: Ledger, lead: Array, phase: Array, moment: Array, span: Calendar) -> None:
    """Opens and clicks of the emails that salespeople send."""
    seen = moment + rng.exponential(5 * 60 * MINUTE, len(lead)).astype(np.int64)
    opened = chance(rng, 0.25 + 0.08 * phase, len(lead)) & (seen < span.end_instant)
    clicked = opened & chance(rng, 0.2, len(lead)) & (seen + MINUTE < span.end_instant)
    common = {
        "primary_attribute_value": "Introduction",
        "primary_attribute_value_id": 9001,
        "template_id": 9001,
        "sent_by": "sales",
    }
    ledger.log("open_sales_email", lead[opened], seen[opened], **common)
    ledger.log(
        "click_sales_email",
        lead[clicked],
        seen[clicked] + MINUTE,
        link="https://www.example-vendor.com/pricing",
        **common,
    )


def _write_meetings(rng: Rng, writer: WorldWriter, desk: Desk, scene: Scene) -> None:
    """The table event: meetings and demos, booked some days before."""
    lead, _, moment = scene.touches(rng, MEETINGS)
    rows, who = desk.reachable(lead, moment)
    lead, moment = lead[rows], moment[rows]
    booked = np.maximum(moment - rng.integers(1, 8, len(rows)) * DAY, desk.since[lead])
    count, demo = len(lead), chance(rng, 0.45, len(lead))
    writer.raw(
        "salesforce",
        "event",
        {
            "id": salesforce_ids("00U", 1 + np.arange(count)),
            "who_id": who,
            "who_count": 1,
            "owner_id": desk.owner(lead),
            "type": choose(demo, "Demo", "Meeting"),
            "subject": choose(demo, "Product demo", "Meeting"),
            "event_subtype": "Event",
            "start_date_time": instants(moment),
            "end_date_time": instants(moment + 30 * MINUTE),
            "duration_in_minutes": 30,
            "activity_date": days(moment),
            "activity_date_time": instants(moment),
            "is_deleted": False,
            "is_all_day_event": False,
            "created_date": instants(booked),
            "last_modified_date": instants(booked),
            "system_modstamp": instants(booked),
            "_fivetran_synced": synced(rng, booked, scene.span),
        },
    )
