"""The simulated world, step by step."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from leadscore.simulate import crm, emails, forms, housekeeping, programs, sales, web
from leadscore.simulate.clock import Calendar, calendar
from leadscore.simulate.companies import companies
from leadscore.simulate.conversions import conversions, first_conversion
from leadscore.simulate.draws import stream
from leadscore.simulate.hands import first_hand, raised_hands
from leadscore.simulate.intent import write_intent
from leadscore.simulate.journey import live
from leadscore.simulate.leads import leads as choose_leads
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.people import people
from leadscore.simulate.profiles import profiles
from leadscore.simulate.records import first_records, known_since, records
from leadscore.simulate.spells import spells
from leadscore.simulate.tables import write_people
from leadscore.simulate.truth import write_truth
from leadscore.simulate.write import WorldWriter, replacing_world

AI_SWITCH = 0.6
"""How far into the history research on AI becomes a sign of buying."""
STEPS = 11


def simulate(database: Path, leads: int, months: int, seed: int, end: date, progress: bool = True) -> dict[str, int]:
    """Write a world of about `leads` people, seen for `months` months before `end`, into a DuckDB file.

    The schemas marketo, salesforce, bombora, g2 and truth are replaced, all or none; other schemas stay. The same
    arguments give the same tables. Returns the number of rows per `schema.table`.

    Raises ValueError for arguments that make no world, FileNotFoundError if the folder of `database` is missing, and
    RuntimeError if the database cannot be opened for writing.
    """
    for name, value in (("leads", leads), ("months", months)):
        if value < 1:
            raise ValueError(f"--{name} is {value}, but a world needs at least 1.")
    if seed < 0:
        raise ValueError(f"--seed is {seed}, but must be 0 or more.")
    span = calendar(end, months)
    with (
        replacing_world(database) as writer,
        tqdm(total=STEPS, disable=not progress, file=sys.stderr, unit="step") as bar,
    ):
        _build(writer, leads, span, seed, bar)
    return writer.rows


def _build(writer: WorldWriter, count: int, span: Calendar, seed: int, bar: tqdm) -> None:
    rng = partial(stream, seed)

    def done(what: str) -> None:
        bar.set_description(what.ljust(14))
        bar.update()

    firms = companies(rng("companies"), count)
    crowd = people(rng("people"), firms, count)
    done("people")
    world = live(rng("journey"), firms, crowd, span.weeks)
    known = choose_leads(rng("leads"), world, firms, crowd, span, count)
    deals, roles = conversions(rng("conversions"), world, firms, known, span)
    known["converted"], known["deal"] = first_conversion(deals, roles, len(known))
    done("journeys")
    hands = raised_hands(rng("hands"), world, crowd, known, span)
    known["hand"] = first_hand(hands, len(known))
    accounts = crm.known_accounts(rng("accounts"), firms, span)
    known = first_records(rng("records"), known, accounts, span)
    frame = records(rng("duplicates"), known, roles, deals, crowd, len(firms), span)
    known["known"], known["known_week"] = known_since(known, frame, span)
    done("records")
    switch_week = round(span.weeks * AI_SWITCH)
    switch = int(span.week_start(np.array([switch_week]))[0])
    periods = spells(world, firms, crowd, known, span, switch_week)
    ledger = Ledger(rng("ledger"), writer, frame, len(known), span)
    housekeeping.log_records(rng("housekeeping"), ledger, frame, known)
    outcome = emails.send_all(rng("emails"), ledger, periods, known, crowd, firms, span)
    done("emails")
    found, form_lead, form_moment = forms.fill_out(rng("forms"), ledger, periods, hands, known, crowd, span)
    clicked = web.Sessions(*outcome.clicks)
    free = web.free_sessions(rng("sessions"), periods, known, crowd, span)
    unnamed = web.unnamed_sessions(rng("unnamed"), known, span)
    priced = web.visit(rng("web"), ledger, [free, clicked, found, unnamed], span, switch)
    done("web and forms")
    catalogue = programs.programs(span)
    members = programs.take_part(rng("programs"), ledger, catalogue, periods, known, crowd, span)
    programs.write_programs(rng("catalogue"), writer, catalogue, members, ledger, span)
    done("programs")
    attended = members[members["status"] == "Attended"]
    parts = {
        "form": (form_lead, form_moment),
        "pricing": priced,
        "webinar": (attended["lead"].to_numpy(), attended["moment"].to_numpy()),
    }
    scores = housekeeping.log_scores(ledger, parts, len(known), span.end_instant)
    housekeeping.log_moments(rng("moments"), ledger, hands, priced, span.end_instant)
    done("moments")
    owners = crm.users(count)
    desk = sales.CrmRecords(frame, known)
    sales.work(rng("sales"), writer, ledger, desk, hands, periods, known, owners, span)
    programs.write_campaign_members(rng("members"), writer, members, desk, span)
    done("sales")
    np.minimum.at(accounts, deals["company"].to_numpy(), deals["moment"].to_numpy())
    deals = crm.outcomes(rng("outcomes"), deals, firms, span)
    bought = np.bincount(deals["company"], weights=deals["is_won"], minlength=len(firms)) > 0
    crm.write_users(rng("users"), writer, owners, span)
    crm.write_accounts(rng("write accounts"), writer, firms, accounts, bought, owners, span)
    crm.write_opportunities(rng("opportunities"), writer, deals, roles, firms, known, owners, span)
    crm.write_roles(rng("roles"), writer, deals, roles, frame, span)
    done("opportunities")
    said = profiles(rng("profiles"), frame, known, crowd, firms)
    write_people(rng("write people"), writer, frame, said, known, deals, outcome, scores, len(firms), owners, span)
    done("leads")
    write_intent(rng("intent"), writer, world, firms, span, switch_week)
    done("intent")
    write_truth(writer, firms, crowd, known, frame, periods, span, switch)
    done("truth")
