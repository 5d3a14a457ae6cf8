"""What moves scores: families, topics, and single features with every sampled lead as a dot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leadscore.report.facts import Drawn, Feature, Group
from leadscore.report.markup import Child, Html, element
from leadscore.report.pictures.parts import figure, legend, table
from leadscore.report.scales import Scale
from leadscore.report.svg import at, bar, dots, picture, rule, sheet, text
from leadscore.report.words import figure as written
from leadscore.report.words import in_a_line, plain, points, several

ROW = 40
COLUMNS = 170
"""A swarm is stacked in so many columns, each a dot wide on a laptop."""
LEVELS = ("v0", "v1", "v2", "v3", "v4")
WORD, MISSING = "word", "none"
LEAST = 0.005
"""Points below which a feature counts as not used."""
FAMILIES = {
    "behaviour": "what the person did",
    "fit": "who they are",
    "intent": "what the company researches elsewhere",
    "relationship": "what colleagues did",
}


def families(groups: Sequence[Group]) -> Html:
    """A bar for each family, its features taken together."""
    sentence = (
        "By how many points a family of features moves a lead's score on average, up or down. A lead's features are added up "
        "first: what one gives and another takes back moves nothing."
    )
    return figure(
        "By family",
        sentence,
        _bars([(group, FAMILIES.get(group.name, "")) for group in groups]),
        numbers=_group_table(groups, "Family"),
        class_="wide",
    )


def topics(groups: Sequence[Group], most: int = 10) -> Html:
    """A bar for each of the strongest topics."""
    sentence = (
        f"The {min(most, len(groups))} strongest of {several(len(groups), 'topic')}, added up in the same way: related features tell "
        "much the same, so their sum says more than each alone."
    )
    shown = [(group, several(group.n_features, "feature")) for group in groups[:most]]
    return figure("By topic", sentence, _bars(shown), numbers=_group_table(groups, "Topic"), class_="wide")


def features(all_features: Sequence[Feature], drawn: dict[str, Drawn], n_drawn: int) -> Html:
    """A line a feature: its mean size as a bar, and the sampled leads as a swarm over the points they get from it."""
    used = [feature for feature in all_features if feature.mean_size >= LEAST]
    shown = [feature for feature in used if feature.name in drawn]
    ends = _ends([drawn[feature.name].points for feature in shown])
    across = Scale(*ends)
    longest = max((feature.mean_size for feature in shown), default=1.0)
    ticks = across.ticks(5)
    rows = [_feature_row(feature, drawn[feature.name], across, ticks, longest) for feature in shown]
    labels = [text(at(across.at(value)), 14, points(value, 0)) for value in ticks]
    ruler = picture(18, "Points, from lowering to raising the score", labels, frame="swarm")
    head = element(
        "div", element("span"), element("span", "mean size", class_="muted small"), ruler, class_="feature ruler"
    )
    sentence = (
        f"Every dot is one of {several(n_drawn, 'open lead')} drawn at random: right of the line the feature raises its score, left of it "
        "the feature lowers it. The colour tells whether the lead's value is low or high. The bar is the mean size over all open leads."
    )
    key = legend(
        [
            ("v0 dot", "low value"),
            ("v2 dot", "middle"),
            ("v4 dot", "high value"),
            ("word dot", "no number"),
            ("none dot", "no value"),
        ]
    )
    numbers = table(
        ["Feature", "Family", "Mean size", "Lowest", "Highest"],
        [
            (
                element("span", feature.name, title=feature.description),
                plain(feature.family),
                element(
                    "data", written(feature.mean_size, 2), value=repr(feature.mean_size), data_feature=feature.name
                ),
                points(feature.lowest),
                points(feature.highest),
            )
            for feature in used
        ],
        words=2,
        caption=f"Points; {len(used)} of {several(len(all_features), 'feature')} move some open lead's score, the others none.",
    )
    return figure(
        "By feature", sentence, key, element("div", head, rows, class_="features"), numbers=numbers, class_="wide"
    )


def _bars(shown: Sequence[tuple[Group, str]]) -> Html:
    longest = max((group.mean_size for group, _ in shown), default=0.0) or 1.0
    rows = []
    for group, note in shown:
        share = group.mean_size / longest
        title = f"{plain(group.name)}: {group.mean_size:.2f} points"
        rows.append(
            element(
                "li",
                element("span", element("b", plain(group.name)), " ", element("span", note, class_="muted small")),
                picture(10, title, bar(0, share, 0, 10, f"fam {_family(group.family)}"), frame="thin"),
                element("data", f"{group.mean_size:.1f}", value=repr(group.mean_size), class_="n"),
            )
        )
    return element("ul", rows, class_="bars")


def _group_table(groups: Sequence[Group], head: str) -> Html:
    return table(
        [head, "Features", "Mean size, points"],
        [(plain(group.name), str(group.n_features), written(group.mean_size, 2)) for group in groups],
    )


def _feature_row(feature: Feature, drawn: Drawn, across: Scale, ticks: Sequence[float], longest: float) -> Html:
    x = across(drawn.points)
    y = swarm(x, ROW)
    shapes: list[Child] = [rule(at(across.at(value)), 0, at(across.at(value)), ROW, "grid") for value in ticks]
    shapes.append(rule(at(across.at(0)), 0, at(across.at(0)), ROW, "zero"))
    shapes.append(sheet(ROW, dots(x, y, colours(drawn.values, feature.kind), (*LEVELS, WORD, MISSING))))
    low, high = float(drawn.points.min()), float(drawn.points.max())
    title = f"{feature.label}: from {points(low)} to {points(high)} points among the leads drawn"
    size = [
        picture(
            8,
            f"mean size {feature.mean_size:.2f} points",
            bar(0, feature.mean_size / longest, 0, 8, f"fam {_family(feature.family)}"),
            frame="thin",
        ),
        element("span", f"{feature.mean_size:.1f}", class_="n"),
    ]
    return element(
        "div",
        element("div", element("b", in_a_line(feature.label)), element("p", feature.description), class_="label"),
        element("div", size, class_="size"),
        picture(ROW, title, shapes, frame="swarm"),
        class_="feature",
    )


def swarm(x: NDArray[np.float64], height: float) -> NDArray[np.float64]:
    """Places down for dots across (n,), stacked from the middle where they meet, closer where there are many."""
    column = np.minimum((x * COLUMNS).astype(np.int64), COLUMNS - 1)
    order = np.argsort(column, kind="stable")
    first = np.searchsorted(column[order], column[order], side="left")
    nth = np.empty(len(x), dtype=np.int64)
    nth[order] = np.arange(len(x)) - first
    size = np.bincount(column, minlength=COLUMNS)[column]
    step = np.minimum(3.4, (height - 6) / np.maximum(size, 1))
    # 0, 1, -1, 2, -2, ...: the stack grows evenly to both sides.
    place = np.where(nth % 2 == 1, (nth + 1) // 2, -(nth // 2))
    return np.asarray(height / 2 + place * step)


def colours(values: Sequence[str | None], kind: str) -> NDArray[np.int64]:
    """A colour for each value: five levels from low to high by rank, one for words, one for none."""
    missing = np.array([value is None for value in values], dtype=bool)
    found = np.full(len(values), len(LEVELS), dtype=np.int64)
    if kind == "numeric":
        numbers = as_numbers(values)
        missing = ~np.isfinite(numbers)
        known = numbers[~missing]
        # Ranks of distinct values, so that many zeros are one low value and not most of the ranks.
        distinct = np.unique(known)
        rank = np.searchsorted(distinct, known) / max(len(distinct) - 1, 1)
        found[~missing] = np.minimum((rank * len(LEVELS)).astype(np.int64), len(LEVELS) - 1)
    found[missing] = len(LEVELS) + 1
    return found


def as_numbers(values: Sequence[str | None]) -> NDArray[np.float64]:
    """Values as numbers, NaN for none, what is no number, and infinities."""
    numbers = np.full(len(values), np.nan)
    for k, value in enumerate(values):
        try:
            numbers[k] = float(value) if value is not None else np.nan
        except ValueError:
            continue
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _ends(all_points: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """The range of all dots, with the line in it."""
    joined = np.concatenate([*all_points, [0.0]])
    low, high = float(joined.min()), float(joined.max())
    room = 0.02 * (high - low) or 1.0
    return low - room, high + room


def _family(name: str) -> str:
    return f"fam{list(FAMILIES).index(name)}" if name in FAMILIES else "fam9"
