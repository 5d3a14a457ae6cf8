"""Figures and names as people read them."""

from __future__ import annotations

import math
import re
from datetime import date

MINUS = "\u2212"
_WINDOW = re.compile(r"_(\d+)([dw])$")
_NAMES = {"g2": "G2", "ai": "AI"}


def count(value: float) -> str:
    """A whole number with thousands apart."""
    return f"{round(value):,}"


def percent(share: float, digits: int | None = None) -> str:
    """A share of 1 in percent; by default with as many decimals as leave two significant digits. What is small is not zero."""
    if not math.isfinite(share):
        return "-"
    if digits is None:
        digits = 0 if abs(share) >= 0.0995 or share == 0 else 1
    if 0 < share < 0.5 * 10 ** (-2 - digits):
        return f"<{10 ** (-digits):.{digits}f}%"
    return f"{100 * share:.{digits}f}%"


def edge(share: float) -> str:
    """A round share in percent, with no more decimals than it has."""
    return f"{100 * share:.4g}%"


def points(value: float, digits: int = 1) -> str:
    """Points with their sign."""
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else MINUS}{text}"


def figure(value: float | None, digits: int = 3) -> str:
    """A figure, or a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:.{digits}f}".replace("-", MINUS)


def short(value: float) -> str:
    """A number for an axis: 0.5, 20, 3k, 2.5M."""
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:.3g}{name}".replace("-", MINUS)
    return f"{value:.3g}".replace("-", MINUS)


def day(moment: date | None) -> str:
    """1 July 2025."""
    return "-" if moment is None else f"{moment.day} {moment:%B %Y}"


def several(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 lead, 2 leads."""
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def feature_name(feature: str) -> str:
    """The feature's column as words: pricing_visits_30d is pricing visits, 30 days."""
    window = _WINDOW.search(feature)
    stem = feature[: window.start()] if window else feature
    words = " ".join(_NAMES.get(word, word) for word in stem.split("_"))
    if not window:
        return words
    return f"{words}, {several(int(window[1]), 'day' if window[2] == 'd' else 'week')}"


def plain(code: str) -> str:
    """A word of ours without its underscores."""
    return code.replace("_", " ")


def in_a_line(text: str, most: int = 90) -> str:
    """A text that may be anything, such as a page pasted into a title, with what fits on a line or two."""
    line = " ".join(text[: 10 * most].split())
    return line if len(line) <= most else line[: most - 1] + "\u2026"
