"""The report opened offline in headless Chromium, as wide as a laptop and as a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from chromium import Browser, chromium
from report_world import warehouse

from leadscore.report import write_report

pytestmark = pytest.mark.browser
WIDTHS = (1280, 400)
PICTURES = (
    "Gains",
    "Lift",
    "Calibration",
    "ROC curve",
    "Precision and recall",
    "Scores of the open leads",
    "By feature",
    "By topic",
    "Over time",
)
# Labels of one picture that overlap, and labels and boxes that leave their card.
TROUBLE = """
const trouble = [];
const inside = (box, card) => box.left >= card.left - 1 && box.right <= card.right + 1;
for (const svg of document.querySelectorAll('svg')) {
  const card = (svg.closest('figure, article, ul') || document.body).getBoundingClientRect();
  const labels = [...svg.querySelectorAll('text')].map(label => [label.textContent, label.getBoundingClientRect()]);
  const name = svg.querySelector('title')?.textContent;
  labels.forEach(([text, box], k) => {
    if (!inside(box, card)) trouble.push(`${text} leaves its card in ${name}`);
    for (const [other, its] of labels.slice(k + 1))
      if (box.left < its.right - 1 && its.left < box.right - 1 && box.top < its.bottom - 3 && its.top < box.bottom - 3)
        trouble.push(`${text} overlaps ${other} in ${name}`);
  });
}
for (const box of document.querySelectorAll('p, h1, h2, h3, li, dd, figure, article, .n, .big'))
  if (box.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && !box.closest('.scroll'))
    trouble.push(`${box.tagName} ${box.textContent.slice(0, 40)} leaves the page`);
return trouble;
"""
EMPTY = """
return [...document.querySelectorAll('svg[role=img]')].filter(svg => {
  const drawn = [...svg.querySelectorAll('path, rect, circle, line, text')].map(shape => shape.getBoundingClientRect());
  return !drawn.some(box => box.width + box.height > 0) || svg.getBoundingClientRect().width < 30;
}).map(svg => svg.querySelector('title').textContent);
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse(tmp_path_factory.mktemp("world") / "world.duckdb")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(scope="module", params=WIDTHS)
def opened(request: pytest.FixtureRequest, world: Path, browser: Browser) -> Browser:
    page = world.with_name("report.html")
    write_report(world, page)
    browser.requests()
    browser.open(page, request.param)
    assert browser.run("return window.innerWidth") == request.param
    return browser


def test_nothing_is_fetched_and_nothing_complains(opened: Browser, world: Path) -> None:
    asked = [address for address in opened.requests() if not address.startswith(("chrome:", "data:"))]
    assert asked == [world.with_name("report.html").resolve().as_uri()]
    assert opened.console() == []
    assert opened.run("return document.title") == "Lead scores, 1 July 2025"


def test_every_picture_is_there_and_drawn(opened: Browser) -> None:
    titles = opened.run("return [...document.querySelectorAll('figure h3')].map(title => title.textContent)")
    assert set(PICTURES) <= set(titles)
    assert opened.run("return document.querySelectorAll('svg[role=img]').length") > 40
    assert opened.run("return document.querySelectorAll('svg[role=img] > title').length") > 40
    # A feature's row may hold a bar of no length: its mean size is close to nothing.
    assert [title for title in opened.run(EMPTY) if not title.startswith("mean size 0.0")] == []
    assert opened.run("return document.querySelectorAll('.lead').length") == 3


def test_each_lead_comes_with_advice_that_is_seen(opened: Browser) -> None:
    """Beside each other on a laptop, below each other on a phone, and never in the way of the waterfall."""
    blocks = opened.run(
        "return [...document.querySelectorAll('.lead')].map(lead => ["
        "lead.querySelector('.steps').getBoundingClientRect().bottom, ...[...lead.querySelectorAll('.advice > div')].map("
        "block => { const box = block.getBoundingClientRect(); return [block.querySelector('h4').innerText, box.left, box.top]; })])"
    )
    assert [[title for title, *_ in found] for _, *found in blocks] == [["What would help", "Since last time"]] * 3
    wide = opened.run("return window.innerWidth") > 640
    for below, *found in blocks:
        assert all(top > below for *_, top in found)
        (_, left, top), (_, other_left, other_top) = found
        assert (left < other_left and top == other_top) if wide else (left == other_left and top < other_top)


def test_nothing_overflows_or_overlaps(opened: Browser) -> None:
    wide, room = opened.run("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room
    assert opened.run(TROUBLE) == []
    opened.run("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    assert opened.run("return document.documentElement.scrollWidth") <= room


def test_the_figures_shown_are_the_warehouses(opened: Browser, world: Path) -> None:
    shown = opened.run(
        "return Object.fromEntries([...document.querySelectorAll('[data-figure]')].map(d => [d.dataset.figure, [d.value, d.innerText]]))"
    )
    with duckdb.connect(str(world), read_only=True) as connection:
        (leads,) = connection.execute("select count(*) from analytics_marts.fct_lead_scores").fetchone() or ()
        found = connection.execute("select split, scorer, metric, value from analytics_marts.ml_metrics").fetchall()
    assert shown["open_leads"] == [str(leads), f"{leads:,}"]
    for split, scorer, metric, value in found:
        exact, text = shown[f"{split}.{scorer}.{metric}"]
        assert float(exact) == value
        assert float(text.replace("\u2212", "-")) == pytest.approx(value, abs=0.006)
