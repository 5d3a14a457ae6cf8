"""ROC and precision-recall curves, small."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leadscore.report.curves import Floats, Ranking, thinned
from leadscore.report.markup import Html
from leadscore.report.pictures.gains import lines
from leadscore.report.pictures.parts import figure, table
from leadscore.report.scales import Scale
from leadscore.report.svg import axes, line, picture, sheet
from leadscore.report.words import percent

HEIGHT = 240
SHARES = [(share, percent(share, 0)) for share in (0, 0.25, 0.5, 0.75, 1)]
PLACES = (0.1, 0.25, 0.5, 0.75, 0.9)


def roc(model: Ranking, rules: Ranking | None) -> Html:
    """True against false positive rate."""
    curves = [one.roc() for one in (model, rules) if one]
    shapes = [
        axes(HEIGHT, SHARES, SHARES, "share of the others called", "share of conversions found"),
        sheet(
            HEIGHT,
            line([0, 1], [HEIGHT, 0], "chance line"),
            *_curves(curves, Scale(0, 1)),
        ),
    ]
    numbers = table(
        ["Others called", "Model finds", "Rule points find"][: 1 + len(curves)],
        [(percent(p, 0), *(percent(float(np.interp(p, *curve)), 1) for curve in curves)) for p in PLACES],
    )
    sentence = (
        "Conversions found against calls to leads that do not convert, down the list. The further up and left, the better; "
        "ROC-AUC is the area below."
    )
    return figure(
        "ROC curve",
        sentence,
        lines(rules),
        picture(HEIGHT, "Conversions found by share of the others called", shapes),
        numbers=numbers,
    )


def precision_recall(model: Ranking, rules: Ranking | None) -> Html:
    """Precision against recall."""
    base = model.n_positive / model.n
    curves = [one.precision_recall() for one in (model, rules) if one]
    # The first few rows of a list convert all or not at all; the curve's body should fill the picture.
    high = min(1.0, max(3 * base, *(float(y[x >= 0.05].max()) for x, y in curves)) * 1.05)
    up = Scale(0, high)
    shapes = [
        axes(
            HEIGHT,
            SHARES,
            [(up.at(v), percent(v, 0)) for v in up.ticks(4)],
            "share of conversions found",
            "share of called leads that convert",
        ),
        sheet(HEIGHT, line([0, 1], [HEIGHT * (1 - up.at(base))] * 2, "chance line"), *_curves(curves, up)),
    ]
    numbers = table(
        ["Found", "Model: called leads that convert", "Rule points"][: 1 + len(curves)],
        [(percent(r, 0), *(percent(float(y[np.searchsorted(x, r)]), 1) for x, y in curves)) for r in PLACES],
    )
    sentence = (
        "To find a share of the conversions, how good is the list that must be called? "
        f"Of all leads {percent(base)} convert: the dotted line."
    )
    return figure(
        "Precision and recall",
        sentence,
        lines(rules),
        picture(HEIGHT, "Share of called leads that convert by conversions found", shapes),
        numbers=numbers,
    )


def _curves(curves: Sequence[tuple[Floats, Floats]], up: Scale) -> list[Html]:
    drawn = []
    for (x, y), class_ in zip(curves, ("model line", "rules line"), strict=False):
        x, y = thinned(x, y)
        drawn.append(line(x, HEIGHT * (1 - up(y)), class_))
    # The model's line lies on top.
    return drawn[::-1]
