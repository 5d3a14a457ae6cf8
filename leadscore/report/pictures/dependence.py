"""How the points of the strongest features depend on their value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leadscore.report.facts import Drawn, Feature
from leadscore.report.markup import Child, Html, element
from leadscore.report.pictures.importance import as_numbers, swarm
from leadscore.report.pictures.parts import figure, table
from leadscore.report.scales import Scale, fitting
from leadscore.report.svg import at, axes, dots, down, line, picture, rule, sheet, text
from leadscore.report.words import count, in_a_line, points, several, short

HEIGHT = 180
ASIDE = 0.14
"""The share of the width for leads without a value, if there are any."""
MOST_WORDS = 7
STEPS = 10
ROW = 26
NONE = "none"


def dependence(feature: Feature, drawn: Drawn, ends: tuple[float, float]) -> Html:
    """Points by value; `ends` is the range of points that all these pictures share."""
    title = in_a_line(feature.label)
    title = title[:1].upper() + title[1:]
    if feature.kind == "numeric":
        return _numbers(feature, drawn, ends, title)
    return _words(feature, drawn, ends, title)


def shared_ends(features: Sequence[Feature], drawn: dict[str, Drawn]) -> tuple[float, float]:
    """The range of points of several features, zero and some room included."""
    together = np.concatenate([*(drawn[feature.name].points for feature in features), [0.0]])
    low, high = float(together.min()), float(together.max())
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _numbers(feature: Feature, drawn: Drawn, ends: tuple[float, float], title: str) -> Html:
    values, up = as_numbers(drawn.values), Scale(*ends)
    known = np.isfinite(values)
    scale = fitting(values[known])
    aside = ASIDE if not known.all() else 0.0
    x = np.empty(len(values))
    x[known] = aside + (1 - aside) * (0.02 + 0.96 * scale(values[known]))
    x[~known] = 0.01 + (ASIDE - 0.05) * spread(int((~known).sum()))
    y = down(up, HEIGHT, drawn.points)
    ticks = [
        (aside + (1 - aside) * (0.02 + 0.96 * scale.at(v)), short(v)) for v in (scale.ticks(4) if known.any() else [])
    ]
    if aside:
        ticks = [((ASIDE - 0.03) / 2, "none"), *(tick for tick in ticks if tick[0] > aside)]
    shapes: list[Child] = [
        axes(HEIGHT, ticks, [(up.at(v), points(v, 0)) for v in up.ticks(5)], _axis(feature), "points"),
        rule("0", float(down(up, HEIGHT, [0])[0]), "100%", float(down(up, HEIGHT, [0])[0]), "zero"),
        rule(at(ASIDE - 0.02), 0, at(ASIDE - 0.02), HEIGHT, "axis") if aside else None,
    ]
    steps = by_steps(values[known], drawn.points[known])
    middle_x = [aside + (1 - aside) * (0.02 + 0.96 * scale.at(value)) for value, *_ in steps]
    middle_y = down(up, HEIGHT, [middle for _, middle, *_ in steps])
    shapes.append(
        sheet(HEIGHT, dots(x, y, np.where(known, 0, 1), ("plain", "none")), line(middle_x, middle_y, "model line"))
    )
    rows = [
        (f"{short(low)} to {short(high)}" if low != high else short(low), count(n), points(middle))
        for _, middle, low, high, n in steps
    ]
    if aside:
        rows.append(("none", count(int((~known).sum())), points(float(np.median(drawn.points[~known])))))
    return figure(
        title,
        feature.description,
        picture(HEIGHT, f"Points by {title}", shapes),
        numbers=table(["Value", "Leads drawn", "Median points"], rows),
    )


def _words(feature: Feature, drawn: Drawn, ends: tuple[float, float], title: str) -> Html:
    across = Scale(*ends)
    groups = by_words(drawn)
    ticks = across.ticks(5)
    rows: list[Child] = []
    for name, found in groups:
        shapes: list[Child] = [rule(at(across.at(v)), 0, at(across.at(v)), ROW, "grid") for v in ticks]
        shapes.append(rule(at(across.at(0)), 0, at(across.at(0)), ROW, "zero"))
        x = across(found)
        shapes.append(sheet(ROW, dots(x, swarm(x, ROW), np.zeros(len(x), dtype=np.int64), ("plain",))))
        middle = at(across.at(float(np.median(found))))
        shapes.append(rule(middle, 3, middle, ROW - 3, "model middle"))
        says = f"{name}: median {points(float(np.median(found)))} points, {several(len(found), 'lead')}"
        rows.append(
            element(
                "div",
                element("span", element("bdi", in_a_line(name, 44)), title=name),
                picture(ROW, says, shapes, frame="swarm"),
                class_="wordrow",
            )
        )
    labels = [text(at(across.at(v)), 14, points(v, 0)) for v in ticks]
    ruler = element("div", element("span"), picture(18, "Points", labels, frame="swarm"), class_="wordrow ruler")
    return figure(
        title,
        feature.description,
        element("div", rows, ruler, element("p", "points", class_="under"), class_="words"),
        numbers=table(
            ["Value", "Leads drawn", "Median points"],
            [(element("bdi", name), count(len(found)), points(float(np.median(found)))) for name, found in groups],
        ),
    )


def by_words(drawn: Drawn) -> list[tuple[str, NDArray[np.float64]]]:
    """The points of the most frequent words and of all others together, from the highest median."""
    found: dict[str, list[float]] = {}
    for value, point in zip(drawn.values, drawn.points.tolist(), strict=True):
        found.setdefault(NONE if value is None else in_a_line(value), []).append(point)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    kept = [(name, np.array(many)) for name, many in ranked[:MOST_WORDS]]
    rest = [point for _, many in ranked[MOST_WORDS:] for point in many]
    kept.sort(key=lambda item: (-float(np.median(item[1])), item[0]))
    return [*kept, (f"{len(ranked) - MOST_WORDS} others", np.array(rest))] if rest else kept


def by_steps(values: NDArray[np.float64], moved: NDArray[np.float64]) -> list[tuple[float, float, float, float, int]]:
    """Leads in steps of value, about equally many each and equal values in one: median value and points, ends, leads."""
    if not len(values):
        return []
    edges = np.unique(values)
    if len(edges) > STEPS:
        edges = np.unique(np.quantile(values, np.linspace(0, 1, STEPS + 1)))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 1, 0))
    steps = []
    for k in np.unique(place):
        inside = place == k
        own, points_ = values[inside], moved[inside]
        steps.append(
            (float(np.median(own)), float(np.median(points_)), float(own.min()), float(own.max()), int(inside.sum()))
        )
    return steps


def spread(n: int) -> NDArray[np.float64]:
    """Places in 0..1 for n dots that look scattered and are always the same: multiples of the golden ratio."""
    return np.asarray((np.arange(n) * 0.6180339887498949) % 1.0)


def _axis(feature: Feature) -> str:
    return {"flag": "1 yes, 0 no"}.get(feature.unit, feature.unit or "value")
