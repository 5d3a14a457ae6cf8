"""The few shapes that pictures are made of.

A picture is as wide as the page gives it and as high as it says, in pixels. Across, shapes are placed in percent, so text
and dots keep their size on a laptop and a phone; lines and dots in numbers are drawn on a sheet of 1000 that is stretched
to the picture while its strokes are not. Axis labels stand outside the picture, in the room its frame leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leadscore.report.markup import Child, Html, element, joined, number
from leadscore.report.scales import Scale

SHEET = 1000


def picture(height: float, title: str, *shapes: Child, frame: str = "plot", role: str = "img") -> Html:
    """A picture of a height in pixels; the title says in words what is seen."""
    head = element("title", title)
    return element(
        "div",
        element("svg", head, *shapes, width="100%", height=float(height), role=role),
        class_=frame,
    )


def at(share: float) -> str:
    """A place across, 0 to 1, as an attribute."""
    return f"{number(100 * share)}%"


def sheet(height: float, *shapes: Child) -> Html:
    """Shapes on coordinates 0..1000 across and pixels down."""
    box = f"0 0 {SHEET} {number(height)}"
    return element("svg", *shapes, viewBox=box, preserveAspectRatio="none", width="100%", height=float(height))


def line(x: ArrayLike, y: ArrayLike, class_: str) -> Html:
    """A line on a sheet: x (n,) in 0..1, y (n,) in pixels."""
    places = [f"{number(SHEET * a)} {number(b)}" for a, b in zip(np.asarray(x), np.asarray(y), strict=True)]
    return element("path", d="M" + "L".join(places), class_=class_) if places else Html("")


def dots(x: NDArray[np.float64], y: NDArray[np.float64], colour: NDArray[np.int64], names: Sequence[str]) -> Html:
    """Dots on a sheet, (n,) each, one path a colour; `names` are the classes of colours 0, 1, ..."""
    paths = []
    for k, name in enumerate(names):
        places = [
            f"M{a:.0f} {number(round(b, 1))}h0" for a, b in zip(SHEET * x[colour == k], y[colour == k], strict=True)
        ]
        if places:
            paths.append(element("path", d="".join(places), class_=name))
    return element("g", *paths, class_="dots")


def text(x: str, y: float, words: str, anchor: str = "middle", class_: str | None = None) -> Html:
    """A label, not for screen readers: the picture's title and table speak for it."""
    return element("text", words, x=x, y=float(y), text_anchor=anchor, class_=class_, aria_hidden="true")


def rule(x1: str, y1: float, x2: str, y2: float, class_: str) -> Html:
    """A straight line."""
    return element("line", x1=x1, y1=float(y1), x2=x2, y2=float(y2), class_=class_)


def bar(left: float, right: float, y: float, height: float, class_: str, tip: str | None = None) -> Html:
    """A rectangle from left to right, 0 to 1, with a tip for the mouse."""
    return element(
        "rect", element("title", tip) if tip else None,
        x=at(min(left, right)), y=float(y), width=at(abs(right - left)), height=float(height), class_=class_,
    )  # fmt: skip


def down(scale: Scale, height: float, values: ArrayLike) -> NDArray[np.float64]:
    """Places in pixels from the top, for a scale that rises."""
    return np.asarray(height * (1 - scale(values)))


def axes(
    height: float,
    across: Sequence[tuple[float, str]],
    upward: Sequence[tuple[float, str]],
    x_title: str,
    y_title: str,
) -> Html:
    """Grid lines with labels: `across` places 0..1 from the left, `upward` places 0..1 from the bottom."""
    shapes: list[Child] = []
    for share, label in upward:
        y = height * (1 - share)
        shapes += [rule("0", y, "100%", y, "grid"), text("-8", y + 4, label, "end")]
    for share, label in across:
        shapes.append(text(at(share), height + 18, label))
    shapes.append(rule("0", height, "100%", height, "axis"))
    shapes.append(text("50%", height + 36, x_title, class_="name"))
    shapes.append(text("-8", -12, y_title, "start", class_="name y"))
    return joined(shapes)
