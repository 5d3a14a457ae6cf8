"""Pictures of benchmarks as SVG files: axes, lines with the range of their seeds, and bars. Same numbers, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from leadscore.report.markup import Html, element

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 170, 40, 50
COLOURS = ("#64748b", "#d97706", "#0284c7", "#16a34a")
STYLE = """
text { font-family: Helvetica, Arial, sans-serif; font-size: 12px; fill: #334155 }
.title { font-size: 14px; font-weight: 700; fill: #0f172a } .own { font-weight: 700; fill: #0f172a }
.grid { stroke: #e2e8f0 } .axis { stroke: #64748b } .line { fill: none; stroke-width: 2.5 } .range { stroke-width: 1.2 }
"""


def lines(
    title: str,
    x_name: str,
    x: Sequence[str],
    series: Mapping[str, Sequence[Sequence[float]]],
    lowest: float,
    highest: float,
) -> str:
    """Lines through the means of each series at places x of equal distance, with the range of its values there.

    series: name -> for each place the values of its seeds. Values below `lowest` are drawn at the edge.
    """
    inner, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def across(place: float) -> float:
        return LEFT + inner * (place + 0.25) / (len(x) - 0.5)

    def up(value: float) -> float:
        share = (min(max(value, lowest), highest) - lowest) / (highest - lowest)
        return TOP + height * (1 - share)

    shapes = _grid(lowest, highest, up)
    for place, name in enumerate(x):
        shapes.append(_text(across(place), HEIGHT - BOTTOM + 18, name, "middle"))
    shapes.append(_text(LEFT + inner / 2, HEIGHT - 12, x_name, "middle"))
    labels = sorted(((sum(values[-1]) / len(values[-1]), name) for name, values in series.items()), reverse=True)
    free = 0.0
    places = {}
    for mean, name in labels:
        free = places[name] = max(up(mean) + 4, free + 16)
    for position, (name, values) in enumerate(series.items()):
        colour = COLOURS[position % len(COLOURS)]
        means = [sum(found) / len(found) for found in values]
        path = "M" + "L".join(f"{across(place):.1f} {up(mean):.1f}" for place, mean in enumerate(means))
        shapes.append(element("path", d=path, class_="line", stroke=colour))
        for place, found in enumerate(values):
            # Beside each other, so that ranges do not hide one another.
            at = across(place) + 4 * (position - (len(series) - 1) / 2)
            shapes.append(
                element("line", x1=at, x2=at, y1=up(min(found)), y2=up(max(found)), class_="range", stroke=colour)
            )
            shapes.append(element("circle", cx=across(place), cy=up(means[place]), r=3.5, fill=colour))
        shapes.append(_text(WIDTH - RIGHT + 8, places[name], name, "start", fill=colour))
    return _file(title, HEIGHT, shapes)


def bars(title: str, x_name: str, rows: Sequence[tuple[str, float, float, float]], own: Sequence[str]) -> str:
    """Dots with intervals from left to right, one row each: name, value, lower, upper; our own names in bold."""
    height = TOP + 24 * len(rows) + BOTTOM
    lowest, highest = min(row[2] for row in rows), max(row[3] for row in rows)
    left = LEFT + 150

    def across(value: float) -> float:
        return left + (WIDTH - left - 40) * (value - lowest) / ((highest - lowest) or 1.0)

    shapes = []
    for step in range(5):
        value = lowest + (highest - lowest) * step / 4
        shapes.append(element("line", x1=across(value), x2=across(value), y1=TOP, y2=height - BOTTOM, class_="grid"))
        shapes.append(_text(across(value), height - BOTTOM + 18, f"{value:.3f}", "middle"))
    for place, (name, value, lower, upper) in enumerate(rows):
        y = TOP + 24 * place + 14
        colour = COLOURS[1] if name in own else COLOURS[2]
        shapes.append(_text(left - 10, y + 4, name, "end", class_="own" if name in own else None))
        shapes.append(element("line", x1=across(lower), x2=across(upper), y1=y, y2=y, class_="range", stroke=colour))
        shapes.append(element("circle", cx=across(value), cy=y, r=4, fill=colour))
    shapes.append(_text(left + (WIDTH - left - 40) / 2, height - 12, x_name, "middle"))
    return _file(title, height, shapes)


def _grid(lowest: float, highest: float, up: Callable[[float], float]) -> list[Html]:
    shapes = []
    for step in range(6):
        value = lowest + (highest - lowest) * step / 5
        shapes.append(
            element(
                "line", x1=LEFT, x2=WIDTH - RIGHT, y1=up(value), y2=up(value), class_="axis" if step == 0 else "grid"
            )
        )
        shapes.append(_text(LEFT - 8, up(value) + 4, f"{value:.1f}", "end"))
    return shapes


def _text(x: float, y: float, words: str, anchor: str, class_: str | None = None, fill: str | None = None) -> Html:
    # An attribute would be overruled by the style sheet.
    style = f"fill: {fill}" if fill else None
    return element("text", words, x=float(x), y=float(y), text_anchor=anchor, class_=class_, style=style)


def _file(title: str, height: int, shapes: Sequence[Html]) -> str:
    head = [
        element("title", title),
        element("style", Html(STYLE)),
        element("rect", width=WIDTH, height=height, fill="#ffffff"),
        _text(LEFT, 22, title, "start", class_="title"),
    ]
    box = f"0 0 {WIDTH} {height}"
    return element("svg", *head, *shapes, xmlns="http://www.w3.org/2000/svg", viewBox=box, role="img") + "\n"
