"""What every picture comes with: its heading, a sentence that explains it, and its numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence

from leadscore.report.markup import Child, Html, element

Cell = str | Html


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], words: int = 1, caption: str | None = None) -> Html:
    """A table whose first `words` columns are words and whose others are numbers."""

    def kind(k: int) -> str | None:
        return None if k < words else "n"

    top = element("tr", [element("th", name, scope="col", class_=kind(k)) for k, name in enumerate(head)])
    body = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            [element("td", cell, class_=kind(k)) for k, cell in enumerate(row[1:], start=1)],
        )
        for row in rows
    ]
    inside = element(
        "table", element("caption", caption) if caption else None, element("thead", top), element("tbody", body)
    )
    return element("div", inside, class_="scroll", tabindex="0")


def figure(title: str, sentence: Child, *body: Child, numbers: Html | None = None, class_: str | None = None) -> Html:
    """A picture under its heading, its numbers folded away below."""
    folded = element("details", element("summary", "Numbers"), numbers) if numbers else None
    head = element("figcaption", element("h3", title), element("p", sentence))
    return element("figure", head, *body, folded, class_=class_)


def legend(entries: Sequence[tuple[str, str]]) -> Html:
    """Swatches, class and meaning, in a line."""
    return element("p", [element("span", element("i", class_=name), label) for name, label in entries], class_="legend")
