"""The simulated world, step by step."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from tqdm import tqdm

from leadscore.errors import LeadscoreError
from leadscore.simulate import crm, emails, forms, housekeeping, programs, sales, web
from leadscore.simulate.clock import calendar
from leadscore.simulate.draws import Rng, stream
from leadscore.simulate.drift import AI_SWITCH, drift_of
from leadscore.simulate.intent import write_intent
from leadscore.simulate.ledger import Ledger
from leadscore.simulate.profiles import profiles
from leadscore.simulate.scene import Scene, draw_scene
from leadscore.simulate.tables import write_people
from leadscore.simulate.truth import write_truth
from leadscore.simulate.write import WorldWriter, replacing_world

STEPS = 11


def simulate(
    database: Path, leads: int, months: int, seed: int, end: date, progress: bool = True, drift: str = AI_SWITCH
) -> dict[str, int]:
    """Write a world of about `leads` people, seen for `months` months before `end`, into a DuckDB file.

    The schemas marketo, salesforce, bombora, g2 and truth are replaced, all or none; other schemas stay. The same
    arguments give the same tables. `drift` is what changes on the way, named as in leadscore.simulate.drift. Returns the
    number of rows per `schema.table`.

    Raises LeadscoreError for arguments that make no world, or a database that cannot be opened or holds raw tables
    that were not simulated.
    """
    for name, value in (("leads", leads), ("months", months)):
        if value < 1:
            raise LeadscoreError(f"--{name} is {value}, but a world needs at least 1.")
    if seed < 0:
        raise LeadscoreError(f"--seed is {seed}, but must be 0 or more.")
    span = calendar(end, months)
    changing = drift_of(drift, span)
    with (
        replacing_world(database) as writer,
        tqdm(total=STEPS, disable=not progress, file=sys.stderr, unit="step") as bar,
    ):

        def done(what: str) -> None:
            bar.set_description(what.ljust(14))
            bar.update()

        scene = draw_scene(seed, leads, span, changing, done)
        _write(partial(stream, seed), writer, scene, done)
    return writer.rows


def _write(rng: Callable[[str], Rng], writer: WorldWriter, scene: Scene, done: Callable[[str], None]) -> None:
    """Every system's view of the scene, and the truth."""
    ledger = Ledger(rng("ledger"), writer, scene)
    housekeeping.log_records(rng("housekeeping"), ledger, scene)
    outcome = emails.send_all(rng("emails"), ledger, scene)
    done("emails")
    forms_filled, found = forms.fill_out(rng("forms"), ledger, scene)
    sessions = [
        web.free_sessions(rng("sessions"), scene),
        web.unnamed_sessions(rng("unnamed"), scene),
        outcome.clicks,
        found,
    ]
    priced = web.visit(rng("web"), ledger, sessions, scene)
    done("web and forms")
    catalogue = programs.programs(scene.span)
    members = programs.take_part(rng("programs"), ledger, catalogue, scene)
    programs.write_programs(rng("catalogue"), writer, catalogue, scene.span)
    programs.write_memberships(rng("memberships"), writer, members, ledger, scene.span)
    done("programs")
    scores = housekeeping.log_scores(ledger, forms_filled, priced, programs.attended(members), scene)
    housekeeping.log_moments(rng("moments"), ledger, priced, scene)
    done("moments")
    desk = sales.Desk(scene)
    sales.work(rng("sales"), writer, ledger, desk, scene)
    programs.write_campaign_members(rng("members"), writer, members, desk, scene.span)
    done("sales")
    crm.write_crm(rng("crm"), writer, desk.owners, scene)
    done("opportunities")
    said = profiles(rng("profiles"), scene)
    write_people(rng("write people"), writer, said, outcome, scores, desk.owners, scene)
    done("leads")
    write_intent(rng("intent"), writer, scene)
    done("intent")
    write_truth(writer, scene)
    done("truth")
