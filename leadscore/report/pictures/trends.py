"""What moves scores, day by day."""

from __future__ import annotations

from datetime import date

import numpy as np

from leadscore.report.extras import History, Trend
from leadscore.report.markup import Child, Html, element
from leadscore.report.pictures.parts import figure, table
from leadscore.report.svg import at, line, picture, rule, sheet
from leadscore.report.words import day, plain, several

HEIGHT = 56
MARGIN = 0.04
"""The share of the width kept free on either side for the dots of the first and last day."""


def trends(history: History) -> Html:
    """A small line for each of the strongest topics, all on one scale of points from zero and one of days."""
    days = history.days
    when = f"on {several(len(days), 'day')} from {day(days[0])} to" if len(days) > 2 else f"on {day(days[0])} and"
    sentence = (
        f"By how many points the strongest topics moved a score on average, {when} "
        f"{day(days[-1])}. All share one scale, which starts at zero."
    )
    if len(history.renewed) == 1:
        sentence += f" The dotted line is {day(history.renewed[0])}, when a new model took over."
    elif history.renewed:
        sentence += f" A new model took over on {several(len(history.renewed), 'day')} of these."
    top = max((size for trend in history.trends for size in trend.sizes if size is not None), default=0.0) or 1.0
    numbers = table(
        ["Day", *(plain(trend.topic) for trend in history.trends)],
        [
            (day(moment), *(_size(trend.sizes[k]) for trend in history.trends))
            for k, moment in reversed(list(enumerate(days)))
        ],
        caption="Mean size in points",
    )
    rows = [_trend(trend, history, 1.1 * top) for trend in history.trends]
    return figure("Over time", sentence, element("ul", rows, class_="trends"), numbers=numbers, class_="wide")


def _trend(trend: Trend, history: History, top: float) -> Html:
    known = [(moment, size) for moment, size in zip(history.days, trend.sizes, strict=True) if size is not None]
    first, last = known[0][1], known[-1][1]
    says = f"from {first:.1f} to {last:.1f} points" if len(known) > 1 else f"{last:.1f} points on the last day"
    x = np.array([_across(moment, history) for moment, _ in known])
    y = HEIGHT * (1 - np.array([size for _, size in known]) / top)
    shapes: list[Child] = [
        rule(at(_across(moment, history)), 0, at(_across(moment, history)), HEIGHT, "chance line")
        for moment in history.renewed
        if len(history.renewed) == 1
    ]
    shapes.append(sheet(HEIGHT, line(x, y, "model line")))
    shapes.append(element("circle", cx=at(float(x[-1])), cy=float(y[-1]), r=4.0, class_="now"))
    return element(
        "li",
        element("b", plain(trend.topic)),
        picture(HEIGHT, f"{plain(trend.topic)}: {says}", shapes, frame="trend"),
        element("p", says),
    )


def _across(moment: date, history: History) -> float:
    first, last = history.days[0], history.days[-1]
    return MARGIN + (1 - 2 * MARGIN) * (moment - first).days / (last - first).days


def _size(size: float | None) -> str:
    return "-" if size is None else f"{size:.2f}"
