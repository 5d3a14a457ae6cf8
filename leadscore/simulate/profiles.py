"""What the records say about people: every system's own version of the truth, with its gaps and slips."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate import dirt
from leadscore.simulate.companies import one_of
from leadscore.simulate.conversions import NEVER
from leadscore.simulate.draws import Array, Rng, chance, choose, texts
from leadscore.simulate.people import letters
from leadscore.simulate.records import CONTACT, LEAD, MARKETO
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import table

GAPS = pd.DataFrame(
    {
        #  share of values missing in:      Marketo, Salesforce lead, contact
        "first_name": (0.05, 0.04, 0.01),
        "last_name": (0.03, 0.0, 0.0),
        "email": (0.0, 0.04, 0.02),
        "title": (0.26, 0.18, 0.04),
        "phone": (0.62, 0.35, 0.10),
        "mobile": (0.90, 0.75, 0.55),
        "company": (0.08, 0.0, 0.0),
        "country": (0.18, 0.20, 0.06),
        "city": (0.55, 0.40, 0.15),
        "industry": (0.40, 0.30, 0.0),
        "employees": (0.40, 0.40, 0.0),
        "website": (0.60, 0.45, 0.0),
    },
    index=[MARKETO, LEAD, CONTACT],
)
"""Contacts are made when an opportunity is, and tell what was learnt by then: a trap for features."""


def profiles(rng: Rng, scene: Scene) -> pd.DataFrame:
    """The texts of each record, aligned to `scene.records`; None where missing.

    Columns: first_name, last_name, email, title, department, phone, mobile, company, website, country, state, city,
    industry, employees, revenue, lead_source.
    """
    frame, leads = scene.records, scene.leads
    person = scene.people.iloc[frame["person"]].reset_index(drop=True)
    company = scene.companies.iloc[frame["company"]].reset_index(drop=True)
    gap = _gaps(frame, leads)
    found = {
        "first_name": _given(rng, person),
        "last_name": _family(rng, person),
        "email": _email(rng, frame, person, company, leads),
        "title": dirt.recased(rng, _title(rng, frame, person), 0.06),
        "phone": _phone(rng, person["phone"]),
        "mobile": _phone(rng, person["phone"].str.replace(" ", " 7", n=1)),
        "company": _company(rng, company),
        "country": _alias(rng, table("countries"), "country", company["country"], 0.25),
        "city": dirt.unaccented(rng, table("cities")["city"].to_numpy(object)[company["city"]], 0.4),
        "industry": _alias(rng, table("industries"), "industry", company["industry"], 0.35),
        "employees": _guessed(rng, company["employees"]),
        "website": choose(
            chance(rng, 0.5, len(frame)), "www." + company["domain"], "https://" + company["domain"] + "/"
        ),
    }
    values = {name: dirt.missing(rng, column, gap[name].to_numpy()) for name, column in found.items()}
    free = frame["kind"].eq("free_mail").to_numpy()
    for name in ("company", "website", "industry", "employees"):
        values[name] = choose(free & chance(rng, 0.7, len(frame)), None, values[name])
    state = texts(table("cities")["state"].replace("", None).to_numpy(object)[company["city"]])
    source = scene.of_source("lead_source", frame["lead"].to_numpy())
    return pd.DataFrame(values).assign(
        state=choose(pd.isna(values["city"]), None, state),
        department=dirt.missing(rng, person["department"].str.title().to_numpy(object), 0.25),
        revenue=company["revenue"].astype("Float64").mask(pd.isna(values["employees"]) | chance(rng, 0.3, len(frame))),
        lead_source=choose(frame["lead"] < 0, None, dirt.missing(rng, source, 0.07)),
    )


def _gaps(frame: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """Share of missing values by record and field."""
    converted = (frame["lead"] >= 0).to_numpy() & (leads["converted"].to_numpy()[frame["lead"]] < NEVER)
    gap = GAPS.loc[frame["system"]].reset_index(drop=True)
    old_contact = frame["system"].eq(CONTACT).to_numpy() & (frame["lead"] >= 0).to_numpy() & ~converted
    gap[old_contact] = gap[old_contact] * 3
    return gap


def _given(rng: Rng, person: pd.DataFrame) -> Array:
    spoilt = dirt.nicknamed(rng, person["given"].to_numpy(object), 0.25)
    spoilt = dirt.mistyped(rng, dirt.unaccented(rng, spoilt, 0.35), 0.012)
    return dirt.padded(rng, dirt.recased(rng, spoilt, 0.06), 0.015)


def _family(rng: Rng, person: pd.DataFrame) -> Array:
    spoilt = dirt.mistyped(rng, dirt.unaccented(rng, person["family"].to_numpy(object), 0.35), 0.02)
    return dirt.padded(rng, dirt.recased(rng, spoilt, 0.06), 0.015)


def _email(rng: Rng, frame: pd.DataFrame, person: pd.DataFrame, company: pd.DataFrame, leads: pd.DataFrame) -> Array:
    """The work address, unless the record is of a kind that knows another one."""
    kind, lead = frame["kind"].to_numpy(object), frame["lead"].to_numpy()
    work, private = person["email"].to_numpy(object), person["private_email"].to_numpy(object)
    local = pd.Series(work).str.split("@").str[0]
    apart = (lead >= 0) & leads["apart"].to_numpy()[lead] & frame["system"].eq(LEAD).to_numpy() & (kind == "main")
    near = (kind == "near_email") | apart
    draw = rng.random(len(frame))
    slipped = dirt.mistyped(rng, work, 1.0)
    given, family = letters(person["given"]), letters(person["family"])
    dotted = local.str.contains(".", regex=False)
    alias = choose(dotted, given.str[:1] + family, given + "." + family) + "@" + company["domain"]
    other = choose(draw < 0.35, slipped, choose(draw < 0.65, alias, choose(draw < 0.85, private)))
    former = (local + "@" + company["domain"]).to_numpy(object)
    found = np.select([kind == "free_mail", kind == "job_change", near], [private, former, other], work)
    return dirt.padded(rng, dirt.recased(rng, texts(found), 0.10), 0.01)


def _title(rng: Rng, frame: pd.DataFrame, person: pd.DataFrame) -> Array:
    """The title, or at the former employer another one of the same department."""
    title = person["title"].to_numpy(object)
    former = np.flatnonzero(frame["kind"] == "job_change")
    titles = table("titles")
    for department in sorted(set(person["department"].to_numpy(object)[former])):
        rows = former[person["department"].to_numpy(object)[former] == department]
        choices = titles.loc[(titles["department"] == department) & (titles["locale"] == "en"), "title"].to_numpy(
            object
        )
        title[rows] = choices[rng.integers(0, len(choices), len(rows))]
    return title


def _company(rng: Rng, company: pd.DataFrame) -> Array:
    """Full name, trade name, or bare brand."""
    short = choose(chance(rng, 0.8, len(company)), company["trade_name"], company["brand"])
    found = texts(choose(chance(rng, 0.55, len(company)), company["name"], short))
    return dirt.padded(rng, dirt.recased(rng, dirt.mistyped(rng, found, 0.01), 0.08), 0.01)


def _guessed(rng: Rng, employees: pd.Series) -> Array:
    """Numbers of employees as systems believe them, some percent off."""
    return np.maximum(np.round(employees.to_numpy() * np.exp(rng.normal(0, 0.08, len(employees)))), 1)


def _phone(rng: Rng, phone: pd.Series) -> Array:
    """The number in one of the ways people write it."""
    way = rng.integers(0, 4, len(phone))
    plain = phone.str.replace(" ", "")
    return np.asarray(
        np.select(
            [way == 0, way == 1, way == 2], [plain, plain.str.replace("+", "00"), phone.str.replace(" ", "-")], phone
        )
    )


def _alias(rng: Rng, vocabulary: pd.DataFrame, name: str, rows: pd.Series, share: float) -> Array:
    """The vocabulary's name, or now and then one of its other names."""
    other = one_of(rng, vocabulary["other_names"], rows)
    return np.where(chance(rng, share, len(rows)), other, vocabulary[name].to_numpy(object)[rows])
