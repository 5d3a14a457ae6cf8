"""Beside a lead's score: what would help, and why the score is another than last time."""

from __future__ import annotations

from collections.abc import Sequence

from leadscore.report.extras import Change, Line
from leadscore.report.facts import Lead
from leadscore.report.markup import Child, Html, element
from leadscore.report.words import day, figure, in_a_line, points

SEEN = 0.05
"""Points below which nothing is seen to move."""
TOLD = 0.5
"""Points below which a cause is not worth a line of its own."""


def advice(lead: Lead) -> Html | None:
    """Both side by side, or the one that is known; nothing if neither is."""
    found = []
    # A score that is held at 100 already is raised by nothing.
    if lead.helps and lead.score < 100:
        found.append(_helps(lead.helps))
    if lead.change:
        found.append(_moved(lead.change, lead))
    return element("div", found, class_="advice") if found else None


def _helps(lines: Sequence[Line]) -> Html:
    sentence = "With one of these, leads like this one score so many points higher. An association, not a promise."
    return _block("What would help", sentence, lines, "helps")


def _moved(change: Change, lead: Lead) -> Html:
    moved = lead.raw_score - change.previous_raw_score
    before = f"{figure(change.previous_score, 1)} on {day(change.day)}"
    if change.previous_score != change.previous_raw_score or lead.score != lead.raw_score:
        sentence = f"The score was {before}. Its points, which go on where the score stops at 0 and 100, moved by {points(moved)}."
    elif abs(moved) < SEEN:
        sentence = f"The score was {before}, the same as now."
    else:
        sentence = f"The score was {before}: {'up' if moved > 0 else 'down'} by {abs(moved):.1f} points since."
    lines = [line for line in change.causes if abs(line.points) >= TOLD]
    others = moved - sum(line.points for line in lines)
    if abs(others) >= SEEN:
        lines.append(Line("everything else together" if lines else "small causes together", others))
    return _block("Since last time", sentence, lines, "since")


def _block(title: str, sentence: Child, lines: Sequence[Line], class_: str) -> Html:
    rows = [
        element(
            "li",
            element("span", in_a_line(line.text, 160)),
            element("span", points(line.points), class_=f"n {'up' if line.points >= 0 else 'down'}"),
        )
        for line in lines
    ]
    return element("div", element("h4", title), element("p", sentence), element("ul", rows), class_=class_)
