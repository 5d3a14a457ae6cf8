"""Where the open leads stand, and where the expected conversions stand."""

from __future__ import annotations

import numpy as np

from leadscore.report.facts import BIN_WIDTH, Scores
from leadscore.report.markup import Child, Html, element
from leadscore.report.pictures.parts import figure, table
from leadscore.report.scales import Scale
from leadscore.report.svg import at, bar, picture, rule, text
from leadscore.report.words import count, percent, several, short

HEIGHT = 140


def distribution(scores: Scores) -> Html:
    """Two rows of bars over the score: leads upward, the conversions they stand for below."""
    levels = {band.name: level for level, band in enumerate(reversed(scores.bands))}
    leads = np.array([n for *_, n, _ in scores.bars], dtype=np.float64)
    expected = np.array([e for *_, e in scores.bars], dtype=np.float64)
    sentence = (
        "How many open leads have which score, and below it the conversions expected of them: each lead counts with its "
        "probability."
    )
    edges = [text(at(score / 100), 16, str(score)) for score in range(0, 101, 20)]
    return figure(
        "Scores of the open leads",
        sentence,
        _bars(scores, levels, leads, "Leads", "open leads"),
        _bars(scores, levels, expected, "Expected conversions", "expected conversions"),
        picture(20, "The scale of the score, 0 to 100", edges, frame="plot ruler"),
        element("p", "score", class_="under"),
        numbers=table(
            ["Score", "Band", "Leads", "Expected conversions"],
            [(f"{low:.0f} to {low + BIN_WIDTH:.0f}", band, count(n), f"{e:.1f}") for low, band, n, e in scores.bars],
            words=2,
        ),
    )


def bands(scores: Scores) -> Html:
    """A line for every band: its meaning, its leads and what to expect of them."""
    levels = {band.name: level for level, band in enumerate(reversed(scores.bands))}
    rows = []
    for band in scores.bands:
        head, _, rest = band.meaning.partition(": ")
        shares = [
            _share("of the leads", "", band.n / scores.n if scores.n else 0.0, levels[band.name]),
            _share(
                "of expected conversions",
                f" ({band.expected:.1f})",
                band.expected / scores.expected if scores.expected else 0.0,
                levels[band.name],
            ),
        ]
        rows.append(
            element(
                "li",
                element(
                    "div",
                    element("b", element("i", class_=f"band{min(levels[band.name], 3)}"), band.name),
                    element("span", f"{band.low:.0f} to {min(band.high, 100):.0f}", class_="muted"),
                    class_="bandname",
                ),
                element(
                    "div",
                    element("data", count(band.n), value=band.n, data_figure=f"leads_{band.name}"),
                    " lead" if band.n == 1 else " leads",
                    class_="bandcount",
                ),
                element("div", shares, class_="bandshares"),
                element("p", rest[:1].upper() + rest[1:] if rest else head, title=head),
            )
        )
    return element("ul", rows, class_="bands")


def _share(of: str, more: str, share: float, level: int) -> Html:
    title = f"{percent(share)} {of}{more}"
    shape = [bar(0, 1, 0, 6, "track"), bar(0, share, 0, 6, f"band{min(level, 3)}")]
    return element("div", picture(6, title, shape, frame="thin"), element("span", title))


def _bars(scores: Scores, levels: dict[str, int], values: np.ndarray, name: str, unit: str) -> Html:
    top = float(values.max()) if len(values) else 1.0
    up = Scale(0, top or 1.0)
    shapes: list[Child] = []
    for value in up.ticks(4):
        y = HEIGHT * (1 - up.at(value))
        shapes += [rule("0", y, "100%", y, "grid"), text("-8", y + 4, short(value), "end")]
    for (low, band, *_), value in zip(scores.bars, values, strict=True):
        tall = HEIGHT * up.at(float(value))
        tip = f"Score {low:.0f} to {low + BIN_WIDTH:.0f} ({band}): {value:,.0f} {unit}"
        if unit != "open leads":
            tip = f"Score {low:.0f} to {low + BIN_WIDTH:.0f} ({band}): {value:,.1f} {unit}"
        left = low / 100 + 0.002
        shapes.append(
            bar(left, left + BIN_WIDTH / 100 - 0.004, HEIGHT - tall, tall, f"band{min(levels.get(band, 0), 3)}", tip)
        )
    shapes.append(rule("0", HEIGHT, "100%", HEIGHT, "axis"))
    shapes.append(text("0", -10, name, "start", class_="name"))
    title = f"{name} by score; {several(scores.n, 'open lead')} in all"
    return picture(HEIGHT, title, shapes, frame="plot stacked")
