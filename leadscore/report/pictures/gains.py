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
LINES = legend([("model line", "model"), ("rules line", "rule points"), ("chance line", "no ranking")])


def gains(model: Ranking, rules: Ranking) -> Html:
    """Share of conversions found by share of leads called."""
    found = float(model.gain_at(0.2))
    sentence = [
        "Calling down the list from the best, how many of the conversions are among the leads called? The best 20% hold ",
        element("b", percent(found)),
        f" of them; the rule points find {percent(float(rules.gain_at(0.2)))}.",
    ]
    ticks = [(share, percent(share, 0)) for share in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    shapes = [
        axes(HEIGHT, ticks, ticks, "share of leads called", "share of conversions found"),
        sheet(
            HEIGHT,
            line([0, 1], [HEIGHT, 0], "chance line"),
            _curve(*rules.gains(), "rules line"),
            _curve(*model.gains(), "model line"),
        ),
    ]
    numbers = table(
        ["Best", "Model finds", "Rule points find"],
        [(percent(s, 0), percent(float(model.gain_at(s)), 1), percent(float(rules.gain_at(s)), 1)) for s in TENTHS[1:]],
    )
    return figure(
        "Gains", sentence, LINES, picture(HEIGHT, "Gains curves of model and rule points", shapes), numbers=numbers
    )


def lift(model: Ranking, rules: Ranking) -> Html:
    """How many times the average each tenth of the list converts."""
    ours, theirs = model.lift_by_tenth(), rules.lift_by_tenth()
    # Room above for the label of the first bar.
    up = Scale(0, 1.15 * max(1.0, float(ours.max()), float(theirs.max())))
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
    for k, value in enumerate(theirs):
        y = float(down(up, HEIGHT, [value])[0])
        shapes.append(rule(at(k / 10 + 0.005), y, at((k + 1) / 10 - 0.005), y, "rules mark"))
    one = float(down(up, HEIGHT, [1])[0])
    shapes += [rule("0", one, "100%", one, "chance line")]
    shapes.append(text(at(0.05), HEIGHT - HEIGHT * up.at(float(ours[0])) - 6, f"{ours[0]:.1f}\u00d7", class_="strong"))
    sentence = [
        "The list cut into ten equal parts: the first tenth converts ",
        element("b", f"{ours[0]:.1f} times"),
        " as often as the average lead. The further the bars fall from left to right, the better the ranking.",
    ]
    numbers = table(
        ["Tenth", "Model", "Rule points"],
        [(str(k + 1), f"{a:.2f}", f"{b:.2f}") for k, (a, b) in enumerate(zip(ours, theirs, strict=True))],
    )
    key = legend([("model box", "model"), ("rules line", "rule points"), ("chance line", "average lead")])
    return figure("Lift", sentence, key, picture(HEIGHT, "Lift by tenth of the list", shapes), numbers=numbers)


def _curve(x: np.ndarray, y: np.ndarray, class_: str) -> Html:
    x, y = thinned(x, y)
    return line(x, HEIGHT * (1 - y), class_)
