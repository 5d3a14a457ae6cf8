"""One lead's way from the base score to its own, reason by reason."""

from __future__ import annotations

from leadscore.report.facts import Lead
from leadscore.report.markup import Child, Html, element
from leadscore.report.pictures.advice import advice
from leadscore.report.scales import Scale
from leadscore.report.svg import at
from leadscore.report.words import figure, in_a_line, percent, points

ROLES = {
    "best": "The best lead",
    "median": "A lead in the middle",
    "cold": "A lead near the end",
}
BAR = 14


def waterfall(lead: Lead) -> Html:
    """Who it is, its score, and a line for the base, each reason and the sum."""
    marks = [lead.base_score]
    for reason in lead.reasons:
        marks.append(marks[-1] + reason.points)
    low, high = min(*marks, lead.raw_score), max(*marks, lead.raw_score)
    room = 0.03 * (high - low) or 1.0
    across = Scale(low - room, high + room)
    rows = [_end("Where every lead starts", lead.base_score, across, "first")]
    for k, reason in enumerate(lead.reasons):
        rows.append(_step(in_a_line(reason.text, 160), marks[k], marks[k + 1], across))
    rows.append(_end("Score" if lead.score == lead.raw_score else "Sum of all points", lead.raw_score, across, "last"))
    held = None
    if lead.score != lead.raw_score:
        held = element(
            "p", f"A score stays between 0 and 100, so this lead's is {lead.score:.0f}.", class_="muted small"
        )
    head = element(
        "header",
        element("p", ROLES.get(lead.role, lead.role), class_="role"),
        element("h3", element("bdi", in_a_line(lead.name))),
        element(
            "p", element("bdi", in_a_line(lead.title)), ", ", element("bdi", in_a_line(lead.company)), class_="muted"
        ),
        element(
            "p",
            element(
                "data", figure(lead.score, 1), value=repr(lead.score), class_="big", data_figure=f"score_{lead.role}"
            ),
            element("span", f"{lead.band}, a {percent(lead.probability, 1)} chance to convert", class_="muted"),
            class_="score",
        ),
    )
    return element("article", head, element("div", rows, class_="steps"), held, advice(lead), class_="lead")


def _end(words: str, value: float, across: Scale, place: str) -> Html:
    x = at(across.at(value))
    y1, y2 = ("50%", "100%") if place == "first" else ("0", "50%")
    shapes: list[Child] = [
        element("line", x1=x, x2=x, y1=y1, y2=y2, class_="link"),
        element("circle", cx=x, cy="50%", r=5.0, class_="end"),
    ]
    return _row(words, figure(value, 1), f"{words}: {value:.1f}", shapes, f"step {place}")


def _step(words: str, start: float, end: float, across: Scale) -> Html:
    left, right = sorted((across.at(start), across.at(end)))
    way = "up" if end >= start else "down"
    shapes: list[Child] = [
        element("line", x1=at(across.at(start)), x2=at(across.at(start)), y1="0", y2="50%", class_="link"),
        element("line", x1=at(across.at(end)), x2=at(across.at(end)), y1="50%", y2="100%", class_="link"),
        # A hair's breadth at least, so that a small step is seen.
        element(
            "svg",
            element(
                "rect",
                x=at(left),
                width=at(max(right - left, 0.004)),
                y=float(-BAR / 2),
                height=float(BAR),
                rx=2.0,
                class_=way,
            ),
            y="50%",
            width="100%",
            height="1",
            overflow="visible",
        ),
    ]
    return _row(words, points(end - start), f"{words}: {points(end - start)} points", shapes, f"step {way}")


def _row(words: str, value: str, title: str, shapes: Child, class_: str) -> Html:
    strip = element(
        "div", element("svg", element("title", title), shapes, width="100%", height="100%", role="img"), class_="strip"
    )
    return element("div", element("p", words), strip, element("span", value, class_="n"), class_=class_)
