"""Does the model mean what it says? Predicted probabilities against the shares that converted."""

from __future__ import annotations

from leadscore.report.curves import Bin
from leadscore.report.markup import Child, Html, element
from leadscore.report.pictures.parts import figure, legend, table
from leadscore.report.scales import SQRT, Scale
from leadscore.report.svg import at, axes, line, picture, rule, sheet
from leadscore.report.words import count, edge, percent, several

HEIGHT = 240


def calibration(bins: list[Bin]) -> Html:
    """A dot a bin with its interval, on square-root scales because most probabilities are small."""
    high = min(1.0, max(0.02, *(max(b.interval[1], b.predicted) for b in bins)) * 1.02)
    scale = Scale(0, high, SQRT)
    ticks = [(scale.at(v), edge(v)) for v in scale.ticks(5)]
    shapes: list[Child] = [
        axes(HEIGHT, ticks, ticks, "predicted probability", "share that converted"),
        sheet(HEIGHT, line([0, 1], [HEIGHT, 0], "chance line")),
    ]
    for b in bins:
        x, (low, top) = at(scale.at(b.predicted)), b.interval
        y = [HEIGHT * (1 - scale.at(v)) for v in (low, b.observed, top)]
        tip = (
            f"{several(b.n, 'snapshot')} with {edge(b.low)} to {edge(b.high)} predicted: {percent(b.predicted)} on average, and "
            f"{percent(b.observed)} converted ({count(b.n_positive)})"
        )
        shapes.append(rule(x, y[0], x, y[2], "model reach"))
        shapes.append(element("circle", element("title", tip), cx=x, cy=y[1], r=5.0, class_="model spot"))
    sentence = (
        "Leads given about the same probability, and the share of them that converted: on the dotted line they agree. Bars are 95% "
        "intervals."
    )
    numbers = table(
        ["Predicted", "Snapshots", "Converted", "Predicted on average", "Share converted", "95% interval"],
        [
            (
                f"{edge(b.low)} to {edge(b.high)}",
                count(b.n),
                count(b.n_positive),
                percent(b.predicted, 1),
                percent(b.observed, 1),
                f"{percent(b.interval[0], 1)} to {percent(b.interval[1], 1)}",
            )
            for b in bins
        ],
    )
    key = legend([("model dot", "share that converted"), ("chance line", "as predicted")])
    return figure(
        "Calibration",
        sentence,
        key,
        picture(HEIGHT, "Predicted probability against the share that converted", shapes),
        _counts(bins),
        numbers=numbers,
    )


def _counts(bins: list[Bin]) -> Html:
    """How many snapshots each dot stands for, lowest first, and what its bar leaves out."""
    numbers = ", ".join(count(b.n) for b in bins)
    honest = "The bars take every snapshot as independent. Those of one lead or company are not, so the truth may lie further out."
    return element("p", f"Snapshots behind each dot, from the left: {numbers}. {honest}", class_="muted small")
