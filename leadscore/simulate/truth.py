"""The truth that no model may read: who each record is, how likely each lead was to convert, and what was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate import chain
from leadscore.simulate.clock import days
from leadscore.simulate.draws import Array
from leadscore.simulate.intent import AI_TOPIC
from leadscore.simulate.people import PROPENSITIES
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import table
from leadscore.simulate.web import AI_AFTER, AI_BEFORE
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
    effects = _effects(days(np.array([scene.switch]))[0])
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


def _effects(switch: np.datetime64) -> dict[str, Array]:
    """What was planted, with its parameters."""
    rows = [
        ("horizon", "days", str(chain.HORIZON_DAYS), "The probability is that of an opportunity within so many days."),
        (
            "ai_switch",
            "date",
            str(switch),
            "Research on AI is curiosity before this day and a sign of buying from it on.",
        ),
        ("ai_switch", "paths", "/blog/ai-*, /resources/ai-*", "The pages whose meaning changes."),
        ("ai_switch", "bombora_topic", AI_TOPIC, "The intent topic whose meaning changes."),
        (
            "ai_switch",
            "weight_before",
            str(AI_BEFORE),
            "Relative interest before the switch: background, researching, evaluating, deciding, customer.",
        ),
        ("ai_switch", "weight_after", str(AI_AFTER), "The same after the switch."),
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
