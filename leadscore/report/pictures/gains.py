"""What calling from the top of the list finds: gains and lift."""

from __future__ import annotations

import numpy as np

from leadscore.report.curves import Ranking, thinned
from leadscore.report.markup import Child, Html, element
from leadscore.report.pictures.parts import figure, legend, table
from leadscore.report.scales import Scale
from leadscore.report.svg import at, axes, bar, down, line, picture, rule, sheet, text
from leadscore.report.words import percent

HEIGHT = 240
TENTHS = np.arange(0, 11) / 10


def lines(rules: Ranking | None) -> Html:
    """What the lines of a picture are; without a line of their own, the rule points are the model."""
    if rules is None:
        return legend([("model line", "rule points"), ("chance line", "no ranking")])
    return legend([("model line", "model"), ("rules line", "rule points"), ("chance line", "no ranking")])


def gains(model: Ranking, rules: Ranking | None) -> Html:
    """Share of conversions found by share of leads called."""
    sentence: list[Child] = [
        "Whoever calls down the list from the top finds how many of all conversions? The best 20% of the leads hold ",
        element("b", percent(float(model.gain_at(0.2)))),
        "." if rules is None else f"; by rule points they hold {percent(float(rules.gain_at(0.2)))}.",
    ]
    ticks = [(share, percent(share, 0)) for share in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    shapes = [
        axes(HEIGHT, ticks, ticks, "share of leads called", "share of conversions found"),
        sheet(
            HEIGHT,
            line([0, 1], [HEIGHT, 0], "chance line"),
            _curve(*rules.gains(), "rules line") if rules else None,
            _curve(*model.gains(), "model line"),
        ),
    ]
    scorers = (model, rules) if rules else (model,)
    numbers = table(
        ["Best", "Model finds", "Rule points find"][: 1 + len(scorers)],
        [(percent(s, 0), *(percent(float(one.gain_at(s)), 1) for one in scorers)) for s in TENTHS[1:]],
    )
    return figure(
        "Gains", sentence, lines(rules), picture(HEIGHT, "Conversions found by leads called", shapes), numbers=numbers
    )


def lift(model: Ranking, rules: Ranking | None) -> Html:
    """How many times the average each tenth of the list converts."""
    tenths = [one.lift_by_tenth() for one in (model, rules) if one]
    ours = tenths[0]
    # Room above for the label of the first bar.
    up = Scale(0, 1.15 * max(1.0, *(float(one.max()) for one in tenths)))
    ticks = [((k + 0.5) / 10, str(k + 1)) for k in range(10)]
    shapes: list[Child] = [
        axes(
            HEIGHT,
            ticks,
            [(up.at(v), f"{v:g}\u00d7") for v in up.ticks(5)],
            "tenth of the list, best first",
            "times the average",
        )
    ]
    for k, value in enumerate(ours):
        tall = HEIGHT * up.at(float(value))
        shapes.append(
            bar(
                k / 10 + 0.018,
                (k + 1) / 10 - 0.018,
                HEIGHT - tall,
                tall,
                "model",
                f"Tenth {k + 1}: {value:.2f} times the average",
            )
        )
    for k, value in enumerate(tenths[1] if rules else []):
        y = float(down(up, HEIGHT, [value])[0])
        shapes.append(rule(at(k / 10 + 0.005), y, at((k + 1) / 10 - 0.005), y, "rules mark"))
    one = float(down(up, HEIGHT, [1])[0])
    shapes += [rule("0", one, "100%", one, "chance line")]
    shapes.append(text(at(0.05), HEIGHT - HEIGHT * up.at(float(ours[0])) - 6, f"{ours[0]:.1f}\u00d7", class_="strong"))
    sentence = [
        "With the list cut into ten equal parts, the first converts ",
        element("b", f"{ours[0]:.1f} times"),
        " as often as the average lead. The steeper the bars fall from left to right, the better the ranking.",
    ]
    numbers = table(
        ["Tenth", "Model", "Rule points"][: 1 + len(tenths)],
        [(str(k + 1), *(f"{one[k]:.2f}" for one in tenths)) for k in range(10)],
    )
    entries = [("model box", "model"), ("rules line", "rule points")] if rules else [("model box", "rule points")]
    key = legend([*entries, ("chance line", "average lead")])
    return figure("Lift", sentence, key, picture(HEIGHT, "Lift by tenth of the list", shapes), numbers=numbers)


def _curve(x: np.ndarray, y: np.ndarray, class_: str) -> Html:
    x, y = thinned(x, y)
    return line(x, HEIGHT * (1 - y), class_)
