"""HTML and SVG as text, in which data cannot become markup: what is no `Html` is escaped on its way in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# What an HTML document may not hold, and marks that turn the direction of the text after them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


class Html(str):
    """Text that is markup already; any other text is escaped when it becomes part of an element."""

    __slots__ = ()


Child = str | Iterable["Child"] | None
Attribute = str | int | float | bool | None
_VOID = frozenset({"br", "meta", "link"})


def escaped(text: str) -> Html:
    """Text as it may stand between tags and in quoted attributes, without unprintable characters."""
    return text if isinstance(text, Html) else Html(html.escape(_UNPRINTABLE.sub("\ufffd", text)))


def joined(child: Child) -> Html:
    """A child or any nesting of children as markup; None is nothing."""
    if child is None:
        return Html("")
    if isinstance(child, str):
        return escaped(child)
    return Html("".join(map(joined, child)))


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """An element. Attributes are written in their order, `class_` as class and `data_x` as data-x; None and False are left out."""
    written = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(children)}</{name}>")


def number(value: float) -> str:
    """A coordinate in as few characters as two decimals need."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _attribute(key: str, value: str | int | float | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = number(value) if isinstance(value, float) else str(value)
    return f' {name}="{escaped(text)}"'
