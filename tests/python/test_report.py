"""The report: complete, true to the warehouse, the same in every byte, and unmoved by what data say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_world import BASE, SCRIPT, warehouse

from leadscore.cli import main
from leadscore.errors import LeadscoreError
from leadscore.learning.metrics import all_metrics
from leadscore.report import extras, report
from leadscore.report.curves import MIN_BIN, Ranking, reliability, thinned, wilson
from leadscore.report.facts import TABLES
from leadscore.report.markup import Html, element
from leadscore.report.pictures.dependence import by_steps
from leadscore.report.pictures.importance import colours, swarm
from leadscore.report.scales import LINEAR, LOG1P, SQRT, Scale
from leadscore.report.words import feature_name, percent, points

ALLOWED = set(
    re.split(
        " ",
        "html head meta link title style body header main footer nav section article figure figcaption details summary div "
        "p h1 h2 h3 h4 ul li dl dt dd a b i span small bdi code data table caption thead tbody tr th td svg g path line rect "
        "circle text",
    )
)


class Page(HTMLParser):
    """The tags, figures and text of a document; an end that fits no beginning is an error."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.figures: dict[str, float] = {}
        self.words = ""
        self._open: list[str] = []
        self.feed(document)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes |= found.keys()
        if "data-figure" in found or "data-feature" in found:
            self.figures[found.get("data-figure") or found["data-feature"] or ""] = float(found["value"] or "nan")
        if tag not in {"meta", "link"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse(tmp_path_factory.mktemp("report") / "world.duckdb")


@pytest.fixture(scope="module")
def document(built: Path) -> str:
    return report(built)


def test_the_same_tables_give_the_same_bytes(built: Path, document: str, tmp_path: Path) -> None:
    shuffled = tmp_path / "world.duckdb"
    with duckdb.connect(str(shuffled)) as connection:
        connection.execute(f"attach '{built}' as built (read_only)")
        connection.execute("set threads = 4")
        connection.execute("create schema other_schema")
        for table in (*TABLES, *extras.TABLES):
            connection.execute(
                f"create table other_schema.{table} as from built.analytics_marts.{table} as t order by hash(t::text)"
            )
    assert report(shuffled) == document


def test_figures_are_the_warehouses(built: Path, document: str) -> None:
    figures = Page(document).figures
    with duckdb.connect(str(built), read_only=True) as connection:
        connection.execute("use analytics_marts")
        (leads,) = connection.execute("select count(*) from fct_lead_scores").fetchone() or ()
        (hot,) = connection.execute("select count(*) from fct_lead_scores where score_band = 'hot'").fetchone() or ()
        (best,) = connection.execute("select max(score) from fct_lead_scores").fetchone() or ()
        metrics = connection.execute("select split, scorer, metric, value from ml_metrics").fetchall()
        sizes = connection.execute(
            "select feature, avg(abs(points)) from ml_lead_contributions group by feature"
        ).fetchall()
    assert (figures["open_leads"], figures["leads_hot"], figures["score_best"]) == (leads, hot, best)
    assert len(metrics) == 42
    for split, scorer, metric, value in metrics:
        assert figures[f"{split}.{scorer}.{metric}"] == value
    for feature, size in sizes:
        assert feature == "unused" or figures[feature] == pytest.approx(size, abs=1e-9)


def test_data_cannot_become_markup(document: str) -> None:
    page = Page(document)
    assert set(page.tags) <= ALLOWED
    assert not {name for name in page.attributes if name.startswith("on") or name in {"src", "srcdoc", "action"}}
    assert SCRIPT in page.words
    assert not re.search("[\x00-\x08\u202e]", document)
    # What a page could fetch: nothing but the empty icon and links within the page.
    assert set(re.findall(r'(?:href|src)="([^"#]*)', document)) == {"data:,", ""}
    assert not re.search(r"url\(|@import", document)


@pytest.mark.parametrize("mode", ["rules", "hybrid", "gradient_boosting", "a mode <b>to come</b>"])
def test_every_mode_is_told(tmp_path: Path, mode: str) -> None:
    words = Page(report(warehouse(tmp_path / "world.duckdb", leads=30, judged=60, mode=mode))).words
    said = {
        "rules": "rule points score alone",
        "hybrid": "starts from the rule points",
        "gradient_boosting": "gradient boosting",
    }
    assert said.get(mode, mode) in words


def test_rule_points_that_score_alone_are_one_line(tmp_path: Path) -> None:
    alone = report(warehouse(tmp_path / "rules.duckdb", leads=30, mode="rules"))
    beside = report(warehouse(tmp_path / "model.duckdb", leads=30))
    said = "The rule points are the model here, so one line stands for both."
    assert said in alone
    assert said not in beside
    for drawn in ('class="rules line"', 'class="rules mark"', "out_of_time.rules.roc_auc", "Rule points find"):
        assert drawn in beside
        assert drawn not in alone
    assert "do not show which of them ranks better" not in alone


@pytest.mark.parametrize(("converted", "said"), [(9, True), (10, False)])
def test_a_handful_of_conversions_is_said_to_show_nothing(tmp_path: Path, converted: int, said: bool) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=5, judged=60)
    with duckdb.connect(str(database)) as connection:
        connection.execute("use analytics_marts")
        connection.execute(
            f"update ml_holdout_predictions set is_converted = lead_id < 'judged{converted:04d}'",
        )
        connection.execute("update ml_metrics set n_positive = $1", [converted])
    words = Page(report(database)).words
    assert ("show next to nothing" in words) is said
    assert (f"but from {converted} conversions only" in words) is said


@pytest.mark.parametrize(
    ("probability", "lower", "upper", "said"),
    [
        (0.9, -2.0, -1.0, "54 conversions were expected and 30 came"),
        (0.1, 1.0, 2.0, "may be too few"),
        (0.5, -0.1, 0.1, None),
    ],
)
def test_conversions_that_did_not_come_as_expected_are_said(
    tmp_path: Path, probability: float, lower: float, upper: float, said: str | None
) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=5, judged=60)
    with duckdb.connect(str(database)) as connection:
        connection.execute("use analytics_marts")
        connection.execute(
            "update ml_holdout_predictions set is_converted = lead_id < 'judged0030', model_probability = $1",
            [probability],
        )
        connection.execute(
            "update ml_metrics set lower = $1, upper = $2 where metric = 'calibration_intercept'", [lower, upper]
        )
    words = Page(report(database)).words
    assert said is None or said in words
    assert ("conversions were expected and" in words) is (said is not None)


def test_what_would_help_and_what_changed_are_told_with_each_lead(built: Path, document: str) -> None:
    cards = [Page(card) for card in re.findall(r'<article class="lead">.*?</article>', document, re.DOTALL)]
    assert len(cards) == 3
    for card in cards:
        assert "on 24 June 2025: up by 7.5 points since." in card.words
        assert f"country: from {SCRIPT}" in card.words
        assert "everything else together" in card.words
        assert "one more demo" in card.words
        assert f"one more call {SCRIPT}" in card.words
        assert "+12.3" in card.words
        assert "An association, not a promise." in card.words
    for block in re.findall(r'<div class="since">.*?</ul>', document, re.DOTALL):
        lines = [float(text.replace("\u2212", "-")) for text in re.findall(r'<span class="n \w+">([^<]*)<', block)]
        assert lines == [9.0, -4.0, 1.0, 1.5]


def test_nothing_helps_a_score_that_is_held_at_100(tmp_path: Path) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=30, judged=60)
    assert report(database).count("What would help") == 3
    with duckdb.connect(str(database)) as connection:
        connection.execute("use analytics_marts")
        connection.execute(
            "update fct_lead_scores set score = 100 where raw_score = (select max(raw_score) from fct_lead_scores)"
        )
    words = Page(report(database)).words
    assert words.count("What would help") == 2
    assert words.count("which go on where the score stops at 0 and 100, moved by +7.5.") == 1


def test_a_warehouse_without_the_further_tables_is_told_without_them(tmp_path: Path) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=30, judged=60)
    for table, said in {
        "what_if_actions": "What would help",
        "fct_lead_score_changes": "Since last time",
        "fct_feature_importance": "Over time",
    }.items():
        assert said in report(database)
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"drop table analytics_marts.{table}")
        assert said not in report(database)
    assert 'class="advice"' not in report(database)


def test_what_was_told_of_another_day_is_not_of_this_score(tmp_path: Path) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=30, judged=60)
    with duckdb.connect(str(database)) as connection:
        for table in ("fct_lead_score_what_if", "fct_lead_score_changes"):
            connection.execute(f"update analytics_marts.{table} set as_of = as_of - 7")
        connection.execute("update analytics_marts.fct_feature_importance set as_of = as_of + 7")
    document = report(database)
    assert 'class="advice"' not in document
    # The day after the scores is left out, the two before are told.
    assert "on 24 June 2025 and 1 July 2025" in Page(document).words


@pytest.mark.parametrize(
    ("days", "said"), [(0, None), (1, None), (2, "on 24 June 2025 and 1 July 2025"), (4, "on 4 days from 10 June 2025")]
)
def test_importance_over_time_needs_two_days(tmp_path: Path, days: int, said: str | None) -> None:
    document = report(warehouse(tmp_path / "world.duckdb", leads=5, judged=3, days=days))
    drawn = re.findall(r'<ul class="trends">.*?</ul>', document, re.DOTALL)
    assert len(drawn) == (said is not None)
    if said:
        words = Page(drawn[0]).words
        assert said in Page(document).words
        assert [words.index(topic) for topic in ("website", "place", "company")] == sorted(
            words.index(topic) for topic in ("website", "place", "company")
        )
        assert f"from {4 + days:.1f} to 5.0 points" in words
        assert "fit" not in words
        assert "small" not in words


def test_an_empty_world_is_said_in_words(tmp_path: Path) -> None:
    words = Page(report(warehouse(tmp_path / "world.duckdb", leads=0, judged=0))).words
    for sentence in (
        "no open lead to score",
        "quality cannot be judged",
        "No open lead is explained",
        "no open lead to explain",
    ):
        assert sentence in words


@pytest.mark.parametrize(("leads", "judged"), [(1, 0), (0, 600), (2, 3), (12, 600)])
def test_little_is_drawn_too(tmp_path: Path, leads: int, judged: int) -> None:
    Page(report(warehouse(tmp_path / "world.duckdb", leads=leads, judged=judged)))


@pytest.mark.parametrize("converted", ["true", "false"])
def test_judged_snapshots_that_all_ended_alike_give_no_ranking(tmp_path: Path, converted: str) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=5)
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"update analytics_marts.ml_holdout_predictions set is_converted = {converted}")
    assert "All ended alike" in Page(report(database)).words


def test_explanations_add_up_on_the_page(document: str) -> None:
    """Base, points and sum as printed, to the rounding of each line."""
    steps = re.findall(r'<div class="step (\w+)">.*?<span class="n">([^<]*)</span></div>', document)
    shown: list[list[float]] = []
    for kind, text in steps:
        if kind == "first":
            shown.append([])
        shown[-1].append(float(text.replace("\u2212", "-")))
    assert len(shown) == 3
    for base, *moves, total in shown:
        assert base == BASE
        assert total == pytest.approx(base + sum(moves), abs=0.06 * (len(moves) + 1))


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_named(tmp_path: Path, table: str) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=2, judged=3)
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"drop table analytics_marts.{table}")
    with pytest.raises(LeadscoreError, match=rf"world.duckdb has no table {table}: run `dbt build` first"):
        report(database)


def test_no_champion_and_a_column_of_another_version_have_a_remedy(tmp_path: Path) -> None:
    database = warehouse(tmp_path / "world.duckdb", leads=2, judged=3)
    with duckdb.connect(str(database)) as connection:
        connection.execute("alter table analytics_marts.ml_metrics drop column lower")
    with pytest.raises(LeadscoreError, match="Run `dbt build` again"):
        report(database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from analytics_marts.ml_models")
    with pytest.raises(LeadscoreError, match="no champion in ml_models: run `dbt build`"):
        report(database)


def test_the_command_writes_the_file_or_says_why_not(
    built: Path, document: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "found.html"
    before = built.read_bytes()
    assert main(["report", "--database", str(built), "--output", str(output)]) == 0
    assert output.read_text(encoding="utf-8") == document
    assert built.read_bytes() == before
    assert capsys.readouterr().out.startswith(f"Written to {output}")
    assert main(["report", "--database", str(tmp_path / "none.duckdb"), "--output", str(output)]) == 2
    assert "There is no database" in capsys.readouterr().err
    assert not (tmp_path / "none.duckdb").exists()
    for wrong in (tmp_path, tmp_path / "no" / "folder.html"):
        assert main(["report", "--database", str(built), "--output", str(wrong)]) == 2
        assert "The report cannot be written" in capsys.readouterr().err


def test_the_page_stays_small(document: str) -> None:
    assert len(document.encode()) < 300_000


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=80).filter(
        lambda rows: 0 < sum(y for y, _ in rows) < len(rows)
    )
)
def test_curves_agree_with_the_metrics(rows: list[tuple[bool, int]]) -> None:
    label, probability = np.array([y for y, _ in rows]), np.array([p for _, p in rows]) / 20
    metrics, ranking = all_metrics(label, probability), Ranking.of(label, probability)
    assert np.trapezoid(*reversed(ranking.roc())) == pytest.approx(metrics["roc_auc"])
    assert ranking.lift_by_tenth()[0] == pytest.approx(metrics["lift_at_decile"])
    assert ranking.lift_by_tenth().mean() == pytest.approx(1)
    recall, precision = ranking.precision_recall()
    assert np.diff(recall, prepend=0) @ precision == pytest.approx(metrics["pr_auc"])
    x, y = ranking.gains()
    for most in (2, 5, 500):
        thin_x, thin_y = thinned(x, y, most)
        assert (thin_x[0], thin_x[-1], thin_y[0], thin_y[-1]) == (0, 1, 0, 1)
        assert (np.diff(thin_x) >= 0).all()


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=200))
def test_bins_hold_every_row_once(rows: list[tuple[bool, float]]) -> None:
    label, probability = np.array([y for y, _ in rows]), np.array([p for _, p in rows])
    bins = reliability(label, probability)
    assert sum(b.n for b in bins) == len(rows)
    assert sum(b.n_positive for b in bins) == label.sum()
    assert len(bins) == 1 or min(b.n for b in bins) >= MIN_BIN
    for b in bins:
        assert b.low <= b.predicted <= b.high
        assert b.interval[0] <= b.observed + 1e-12
        assert b.observed <= b.interval[1] + 1e-12


def test_the_interval_of_a_share_is_wilsons() -> None:
    # 5 of 50, as tables of the interval have it.
    assert wilson(5, 50) == pytest.approx((0.04347, 0.21360), abs=1e-5)


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6), st.sampled_from([LINEAR, SQRT, LOG1P]), st.integers(2, 7))
def test_ticks_are_within_the_scale_and_apart(low: float, width: float, bend: str, most: int) -> None:
    scale = Scale(low if bend == LINEAR else 0, low + width if bend == LINEAR else width, bend)
    ticks = scale.ticks(most)
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 2 * most
    assert all(scale.low - 1e-6 * width <= tick <= scale.high + 1e-6 * width for tick in ticks)


@given(st.lists(st.floats(0, 1), max_size=300))
def test_a_swarm_stays_in_its_row(places: list[float]) -> None:
    y = swarm(np.array(places, dtype=np.float64), 40)
    assert ((y >= 2) & (y <= 38)).all()


def test_colours_rank_values_and_mark_what_is_missing() -> None:
    assert colours(["0", "0", "1", "2", None, "inf", "x"], "numeric").tolist() == [0, 0, 2, 4, 6, 6, 6]
    assert colours(["a", None], "categorical").tolist() == [5, 6]


def test_steps_keep_equal_values_together() -> None:
    values = np.array([0.0] * 50 + [1.0] * 3 + [9.0])
    steps = by_steps(values, values * 2)
    assert sum(n for *_, n in steps) == 54
    assert [(low, high) for *_, low, high, _ in steps if low == 0] == [(0.0, 0.0)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (percent(0.0), "0%"), (percent(0.00001), "<0.1%"), (percent(0.034), "3.4%"), (percent(0.5), "50%"),
        (points(-3.14159), "\u22123.1"), (points(0.04), "0.0"), (points(2), "+2.0"),
        (feature_name("g2_signals_30d"), "G2 signals, 30 days"), (feature_name("engaged_weeks_12w"), "engaged weeks, 12 weeks"),
        (feature_name("seniority"), "seniority"),
    ],
)  # fmt: skip
def test_words(said: str, expected: str) -> None:
    assert said == expected


def test_only_markup_is_not_escaped() -> None:
    assert (
        element("b", "<i>", Html("<br>"), ["&", None], title='"', data_x=1.0, hidden=False)
        == '<b title="&quot;" data-x="1">&lt;i&gt;<br>&amp;</b>'
    )
