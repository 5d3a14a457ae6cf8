"""Writes activities as Marketo logs them: under the record that the person was known by at that moment."""

from __future__ import annotations

from typing import Any

import numpy as np

from leadscore.simulate.clock import DAY, MINUTE, Calendar, instants
from leadscore.simulate.draws import Array, Rng, chance
from leadscore.simulate.records import MARKETO, main_record
from leadscore.simulate.scene import Scene
from leadscore.simulate.write import WorldWriter

TYPES = {
    "visit_webpage": 1,
    "fill_out_form": 2,
    "click_link": 3,
    "unsubscribe_email": 9,
    "send_email": 6,
    "email_delivered": 7,
    "email_bounced": 8,
    "open_email": 10,
    "click_email": 11,
    "new_lead": 12,
    "convert_lead": 21,
    "change_score": 22,
    "email_bounced_soft": 27,
    "merge_leads": 32,
    "delete_lead": 37,
    "open_sales_email": 39,
    "click_sales_email": 40,
    "interesting_moment": 46,
    "change_status_in_progression": 104,
}
LATE = 0.015
"""Share of rows that reach the warehouse days late."""
UNDER_A_DUPLICATE = 0.35
"""Share of a lead's activities logged under a duplicate while there is one."""


def synced(rng: Rng, moment: Array, span: Calendar) -> Array:
    """When the connector landed a row: minutes later as a rule, days later now and then, never after the end."""
    delay = rng.integers(2, 60, len(moment)) * MINUTE
    delay = delay + np.where(chance(rng, LATE, len(moment)), rng.integers(2 * DAY, 12 * DAY, len(moment)), 0)
    return instants(np.maximum(np.minimum(moment + delay, span.end_instant - MINUTE), moment))


class Ledger:
    """Appends activities of leads to the `activity_*` tables, in order of time, with ids ascending."""

    def __init__(self, rng: Rng, writer: WorldWriter, scene: Scene) -> None:
        self.rng, self.writer, self.span = rng, writer, scene.span
        frame, leads = scene.records, len(scene.leads)
        self.next_id = 70_000_001
        self.id = np.array([int(i) if i.isdigit() else -1 for i in frame["id"]], dtype=np.int64)
        self.main = main_record(frame, MARKETO, leads)
        twins = frame[(frame["system"] == MARKETO) & (frame["kind"] != "main")].drop_duplicates("lead")
        self.twin = np.full(leads, -1)
        self.twin[twins["lead"]] = twins.index
        self.since, self.gone = frame["created"].to_numpy(), frame["gone"].to_numpy()
        self.former = frame["kind"].eq("job_change").to_numpy()

    def known(self, lead: Array) -> Array:
        """Whether these leads are in Marketo at all."""
        return np.asarray(self.main[lead] >= 0)

    def record(self, lead: Array, moment: Array) -> Array:
        """The Marketo id under which an activity of these leads is logged."""
        twin = self.twin[lead]
        there = (twin >= 0) & (moment >= self.since[twin]) & (moment < self.gone[twin])
        former = self.former[twin]
        early = former & (moment < self.since[self.main[lead]])
        shared = ~former & chance(self.rng, UNDER_A_DUPLICATE, len(lead))
        chosen = np.where(there & (early | shared), twin, self.main[lead])
        return np.asarray(self.id[chosen])

    def log(self, activity: str, lead: Array, moment: Array, **fields: Any) -> None:
        """Log activities of leads that are in Marketo; the others are passed over. Fields are arrays or scalars."""
        order = np.argsort(moment, kind="stable")
        order = order[self.known(lead[order])]
        chosen = {name: values[order] if np.ndim(values) else values for name, values in fields.items()}
        self.log_records(activity, self.record(lead[order], moment[order]), moment[order], **chosen)

    def log_records(self, activity: str, marketo_id: Array, moment: Array, **fields: Any) -> None:
        """Log activities, already in order of time, of these Marketo records."""
        count = len(moment)
        columns = {
            "id": self.next_id + np.arange(count),
            "lead_id": marketo_id,
            "activity_type_id": TYPES[activity],
            "activity_date": instants(moment),
            "_fivetran_synced": synced(self.rng, moment, self.span),
        }
        self.next_id += count
        self.writer.raw("marketo", f"activity_{activity}", columns | fields)
