"""ROC and precision-recall curves, small."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leadscore.report.curves import Floats, Ranking, thinned
from leadscore.report.markup import Html
from leadscore.report.pictures.gains import LINES
from leadscore.report.pictures.parts import figure, table
from leadscore.report.scales import Scale
from leadscore.report.svg import axes, line, picture, sheet
from leadscore.report.words import figure as written
from leadscore.report.words import percent

HEIGHT = 240
SHARES = [(share, percent(share, 0)) for share in (0, 0.25, 0.5, 0.75, 1)]
PLACES = (0.1, 0.25, 0.5, 0.75, 0.9)


def roc(model: Ranking, rules: Ranking) -> Html:
    """True against false positive rate."""
    shapes = [
        axes(HEIGHT, SHARES, SHARES, "share of the others called", "share of conversions found"),
        sheet(
            HEIGHT,
            line([0, 1], [HEIGHT, 0], "chance line"),
            *_curves((rules.roc(), model.roc()), Scale(0, 1)),
        ),
    ]
    numbers = table(
        ["Others called", "Model finds", "Rule points find"],
        [(percent(p, 0), *(percent(float(np.interp(p, *one.roc())), 1) for one in (model, rules))) for p in PLACES],
    )
    sentence = "For every conversion found, how many calls go to leads that do not convert? The further up and left, the better."
    return figure(
        "ROC curve", sentence, LINES, picture(HEIGHT, "ROC curves of model and rule points", shapes), numbers=numbers
    )


def precision_recall(model: Ranking, rules: Ranking) -> Html:
    """Precision against recall."""
    base = model.n_positive / model.n
    curves = (rules.precision_recall(), model.precision_recall())
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
        ["Found", "Model: converts of those called", "Rule points"],
        [(percent(r, 0), *(written(float(y[np.searchsorted(x, r)])) for x, y in reversed(curves))) for r in PLACES],
    )
    sentence = f"Of the leads called, how many convert? Calling everybody gives {percent(base)}, the dotted line."
    return figure(
        "Precision and recall",
        sentence,
        LINES,
        picture(HEIGHT, "Precision-recall curves of model and rule points", shapes),
        numbers=numbers,
    )


def _curves(curves: Sequence[tuple[Floats, Floats]], up: Scale) -> list[Html]:
    drawn = []
    for (x, y), class_ in zip(curves, ("rules line", "model line"), strict=True):
        x, y = thinned(x, y)
        drawn.append(line(x, HEIGHT * (1 - up(y)), class_))
    return drawn
