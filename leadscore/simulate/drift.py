"""What changes from a day on: what people look at, and so what gives buyers away. Who buys, and how likely, stays as it was.

A drift is known by its name:
    ai_switch    research on AI turns from curiosity into a sign of buying; mild, and in every world unless another is named
    ai_content   strong: new AI pages appear and buyers read about AI, while what gave them away, pages on pricing, demos,
                 comparisons and returns, becomes what everybody looks at
    none         nothing changes
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from leadscore.errors import LeadscoreError
from leadscore.simulate.clock import WEEK, Calendar

NONE, AI_SWITCH, AI_CONTENT = "none", "ai_switch", "ai_content"
NAMES = (NONE, AI_SWITCH, AI_CONTENT)
USUAL_START = 0.6
"""How far into the history it begins if no month is named."""


@dataclass(frozen=True)
class Drift:
    """A drift and when it begins: the first week that knows it, as a number and as an instant; the end if none does."""

    name: str
    week: int
    instant: int


def drift_of(text: str, span: Calendar) -> Drift:
    """The drift a text such as `ai_content` or `ai_content:2025-01` asks for; it begins with a whole week of the month.

    Raises LeadscoreError for an unknown name, and for a month that is none or lies outside of the history.
    """
    name, _, month = text.partition(":")
    if name not in NAMES or (name == NONE and month):
        raise LeadscoreError(
            f"--drift is '{text}'; it takes {', '.join(NAMES)}, and with a month {AI_CONTENT}:2025-01."
        )
    if name == NONE:
        week = span.weeks
    elif not month:
        week = round(span.weeks * USUAL_START)
    else:
        week = -(-(_first_day(month, text) - span.start).days // 7)
        if not 0 <= week < span.weeks:
            raise LeadscoreError(f"--drift is '{text}', but the history goes from {span.start} to {span.end}.")
    return Drift(name, week, span.start_instant + week * WEEK)


def _first_day(month: str, text: str) -> date:
    if re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", month):
        return date.fromisoformat(f"{month}-01")
    raise LeadscoreError(f"--drift is '{text}'; write the month as in {AI_CONTENT}:2025-01.")
