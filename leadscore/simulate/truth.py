"""The truth that no model may read: who each record is, how likely each lead was to convert, and what was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate import chain
from leadscore.simulate.clock import days
from leadscore.simulate.draws import Array
from leadscore.simulate.drift import AI_CONTENT, NONE, Drift
from leadscore.simulate.intent import AI_TOPIC
from leadscore.simulate.people import PROPENSITIES
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import table
from leadscore.simulate.web import AI_AFTER, AI_BEFORE, AI_RARE, MIX, NEW_MIX, NEW_SESSIONS, SESSIONS
from leadscore.simulate.write import WorldWriter


def write_truth(writer: WorldWriter, scene: Scene) -> None:
    """The four tables of the truth schema. Ids of persons and companies are their rows, from 1."""
    frame = scene.records
    _write_persons(writer, scene.companies, scene.people, np.unique(frame["person"].to_numpy()))
    record = frame["system"] + ":" + frame["id"]
    writer.truth(
        "record_person",
        {"record_id": "VARCHAR", "person_id": "BIGINT"},
        {"record_id": record.to_numpy(object), "person_id": 1 + frame["person"].to_numpy()},
    )
    _write_probabilities(writer, scene.leads, scene.spells)
    effects = _effects(scene.drift)
    writer.truth("planted_effects", dict.fromkeys(effects, "VARCHAR"), effects)


def _write_persons(writer: WorldWriter, companies: pd.DataFrame, people: pd.DataFrame, rows: Array) -> None:
    person = people.iloc[rows]
    company = companies.iloc[person["company"]]
    types = dict.fromkeys(
        ("first_name", "last_name", "email", "title", "seniority", "department", "company_name", "domain"), "VARCHAR"
    )
    writer.truth(
        "person",
        {"person_id": "BIGINT", "company_id": "BIGINT"} | types | {"fit_bin": "BIGINT", "propensity": "DOUBLE"},
        {
            "person_id": 1 + rows,
            "company_id": 1 + person["company"].to_numpy(),
            "first_name": person["given"].to_numpy(object),
            "last_name": person["family"].to_numpy(object),
            **{name: person[name].to_numpy(object) for name in ("email", "title", "seniority", "department")},
            "company_name": company["name"].to_numpy(object),
            "domain": company["domain"].to_numpy(object),
            "fit_bin": company["fit_bin"].to_numpy(),
            "propensity": np.array(PROPENSITIES)[person["propensity_bin"]],
        },
    )


def _write_probabilities(writer: WorldWriter, leads: pd.DataFrame, periods: pd.DataFrame) -> None:
    """Probability per lead and interval of days [valid_from, valid_to), from creation to conversion or the end."""
    lead = periods["lead"].to_numpy()
    first = np.maximum(days(periods["start"]), days(leads["created"].to_numpy()[lead]))
    converted = leads["converted"].to_numpy()[lead]
    last = days(np.minimum(periods["stop"].to_numpy(), converted))
    kept = periods.assign(first=first, last=last)[
        (first < last) & (periods["week"].to_numpy() >= leads["week"].to_numpy()[lead])
    ]
    stage = np.array(chain.STAGES, dtype=object)[kept["stage"]]
    writer.truth(
        "conversion_probability",
        {
            "person_id": "BIGINT",
            "valid_from": "DATE",
            "valid_to": "DATE",
            "stage": "VARCHAR",
            "involved": "BOOLEAN",
            "probability": "DOUBLE",
        },
        {
            "person_id": 1 + leads["person"].to_numpy()[kept["lead"]],
            "valid_from": kept["first"].to_numpy().astype("datetime64[D]"),
            "valid_to": kept["last"].to_numpy().astype("datetime64[D]"),
            "stage": stage,
            "involved": kept["involved"].to_numpy(),
            "probability": kept["probability"].to_numpy(),
        },
    )


def _effects(drift: Drift) -> dict[str, Array]:
    """What was planted, with its parameters."""
    rows = [
        ("horizon", "days", str(chain.HORIZON_DAYS), "The probability is that of an opportunity within so many days."),
        *_drift_effects(drift),
        (
            "fast_response",
            "within_hours",
            "24",
            "A Salesforce task within so many hours of a form that raises a hand is a fast response.",
        ),
        (
            "fast_response",
            "progress_multiplier",
            str(chain.URGED_PROGRESS),
            "It multiplies the company's weekly chance to move on for the rest of the journey.",
        ),
        (
            "fast_response",
            "forms",
            "Demo Request, Contact Sales, Pricing Enquiry, ROI Calculator",
            "The forms that raise a hand.",
        ),
        (
            "fast_response",
            "share",
            str(chain.QUICK_ANSWER),
            "Share of raised hands answered fast, whoever raised them.",
        ),
        (
            "buying_group",
            "join_probability",
            str(chain.JOIN),
            "Colleagues join when the company enters a stage, times their propensity: groups move together.",
        ),
        *(
            (
                "channel_quality",
                source,
                str(quality),
                "Latent quality of the lead source: log-linear in stage, fit and propensity.",
            )
            for source, quality in table("sources")[["lead_source", "quality"]].itertuples(index=False)
        ),
    ]
    names = ("effect", "parameter", "value", "description")
    return {name: np.array(column, dtype=object) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _drift_effects(drift: Drift) -> list[tuple[str, str, str, str]]:
    """What the drift changes; who converts, and how likely, is not among it."""
    if drift.name == NONE:
        return []
    day = str(days(np.array([drift.instant]))[0])
    before = MIX | {"ai": AI_RARE if drift.name == AI_CONTENT else AI_BEFORE, "agents": "none"}
    after = NEW_MIX["ai"] if drift.name == AI_CONTENT else AI_AFTER
    found = [
        ("ai_switch", "date", day, "Research on AI is curiosity before this day and a sign of buying from it on."),
        ("ai_switch", "paths", "/blog/ai-*, /resources/ai-*", "The pages whose meaning changes."),
        ("ai_switch", "bombora_topic", AI_TOPIC, "The intent topic whose meaning changes."),
        (
            "ai_switch",
            "weight_before",
            str(before["ai"]),
            "Relative interest before the switch: background, researching, evaluating, deciding, customer.",
        ),
        ("ai_switch", "weight_after", str(after), "The same after the switch."),
    ]
    if drift.name == AI_CONTENT:
        pages = table("pages")
        new = ", ".join(pages.loc[pages["subject"] == "agents", "path"])
        sessions = f"{SESSIONS.tolist()} -> {NEW_SESSIONS.tolist()}"
        found += [
            (
                "ai_content",
                "date",
                day,
                "From this day on new AI pages give buyers away, and what did so before does not.",
            ),
            ("ai_content", "new_pages", new, "The pages that were not there before."),
            ("ai_content", "sessions", sessions, "Sessions in a week by phase, before and after."),
            *(
                (
                    "ai_content",
                    f"weight_{subject}",
                    f"{before[subject]} -> {later}",
                    "Interest by phase, before and after.",
                )
                for subject, later in NEW_MIX.items()
            ),
        ]
    return found
