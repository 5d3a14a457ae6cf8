"""The page: facts in, one HTML document out, with nothing to load and nothing that runs."""

from __future__ import annotations

from importlib.resources import files

from leadscore.report.curves import Ranking, reliability
from leadscore.report.facts import Facts, Metric
from leadscore.report.markup import Child, Html, element
from leadscore.report.notes import alike, notes
from leadscore.report.pictures.calibration import calibration
from leadscore.report.pictures.dependence import dependence, shared_ends
from leadscore.report.pictures.distribution import bands, distribution
from leadscore.report.pictures.gains import gains, lift
from leadscore.report.pictures.importance import LEAST, families, features, topics
from leadscore.report.pictures.metrics import metrics_table
from leadscore.report.pictures.quality import precision_recall, roc
from leadscore.report.pictures.trends import trends
from leadscore.report.pictures.waterfall import waterfall
from leadscore.report.words import count, day, figure, percent, plain, several

DEPENDENCE = 6
TOO_FEW = 10
"""Held-out conversions below which figures of quality say next to nothing."""
MODES = {
    "rules": "rule points",
    "hybrid": "logistic regression that starts from the rule points",
    "gradient_boosting": "gradient boosting",
}
EVENTS = {
    "opportunity_created": "an opportunity is created",
    "lead_converted": "the lead is converted in the CRM",
    "opportunity_won": "an opportunity is won",
}
# Nothing may be fetched and nothing may run, whatever the data say.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
SECTIONS = (
    ("leads", "Leads"),
    ("quality", "Quality"),
    ("reasons", "Reasons"),
    ("people", "People"),
    ("model", "Model"),
)


def page(facts: Facts) -> str:
    """The whole document."""
    style = (files("leadscore.report") / "style.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("link", rel="icon", href="data:,"),
        element("title", f"Lead scores, {day(facts.scores.as_of or None)}"),
        element("style", Html(style)),
    )
    body = element(
        "body",
        _top(facts),
        element("main", _leads(facts), _quality(facts), _reasons(facts), _people(facts), _model(facts)),
        element(
            "footer",
            element(
                "p",
                f"Model {facts.model.version}. Everything on this page comes from one built warehouse; nothing is loaded from elsewhere.",
            ),
        ),
    )
    return "<!doctype html>\n" + element("html", head, body, lang="en") + "\n"


def _top(facts: Facts) -> Html:
    model = facts.model
    event = EVENTS.get(model.conversion_event, plain(model.conversion_event))
    lead = (
        f"{several(facts.scores.n, 'open lead')}, scored by {MODES.get(model.mode, plain(model.mode))} for the chance that {event} "
        f"within {model.horizon_days} days. A score of 50 stands for a chance of {percent(model.chance_at_50, 1)}, that of an average "
        "lead when the first model was trained; every 10 points double the odds."
    )
    links = [element("a", name, href=f"#{section}") for section, name in SECTIONS]
    return element(
        "header",
        element("p", f"As of {day(facts.scores.as_of)}" if facts.scores.as_of else "No lead is scored", class_="role"),
        element("h1", "Lead scores"),
        element("p", lead, class_="lede"),
        _tiles(facts),
        element("nav", links, aria_label="Sections"),
        class_="top",
    )


def _tiles(facts: Facts) -> Html:
    scores = facts.scores
    best = scores.bands[0] if scores.bands else None
    tiles = [
        _tile(
            "open leads",
            "open_leads",
            scores.n,
            count(scores.n),
            f"about {scores.expected:.0f} expected to convert within {facts.model.horizon_days} days",
        )
    ]
    if best and scores.n:
        share = best.expected / scores.expected if scores.expected else 0.0
        note = f"{percent(best.n / scores.n)} of the leads, {percent(share)} of expected conversions"
        tiles.append(_tile(f"{best.name} leads", "best_band", best.n, count(best.n), note))
    lift_, auc = (facts.metrics.get(("out_of_time", "model", name)) for name in ("lift_at_decile", "roc_auc"))
    if lift_ and lift_.value is not None:
        tiles.append(
            _tile(
                "lift of the best tenth",
                "lift",
                lift_.value,
                f"{lift_.value:.1f}\u00d7",
                f"as many conversions as in an average tenth; {_interval(lift_, 1)}",
            )
        )
    if auc and auc.value is not None:
        tiles.append(_tile("ROC-AUC", "auc", auc.value, figure(auc.value, 2), f"0.5 is guessing; {_interval(auc, 2)}"))
    return element("div", tiles, class_="tiles")


def _tile(name: str, key: str, value: float, shown: str, note: str) -> Html:
    return element(
        "div",
        element("p", name, class_="role"),
        element("data", shown, value=repr(value), class_="big", data_figure=key),
        element("p", note, class_="muted small"),
        class_="tile",
    )


def _interval(metric: Metric, digits: int) -> str:
    if metric.n_positive < TOO_FEW:
        # Companies drawn again and again cannot show how little one conversion says.
        return f"but from {several(metric.n_positive, 'conversion')} only"
    return f"95% interval {figure(metric.lower, digits)} to {figure(metric.upper, digits)}"


def _section(key: str, title: str, sentence: Child, *body: Child) -> Html:
    return element("section", element("h2", title), element("p", sentence, class_="say"), *body, id=key)


def _judges(facts: Facts) -> str:
    if alike(facts):
        return "The rule points are the model here, so one line stands for both."
    return "The models asked had learnt from earlier months and other companies only. The rule points are judged on the same snapshots."


def _leads(facts: Facts) -> Html:
    if not facts.scores.n:
        return _section(
            "leads", "Where the leads stand", "There is no open lead to score yet. Load leads, then build again."
        )
    sentence = "Sales time is short: the bands say where it pays most. Expected conversions are the probabilities of the leads, added up."
    return _section(
        "leads",
        "Where the leads stand",
        sentence,
        element("div", distribution(facts.scores), bands(facts.scores), class_="two"),
    )


def _quality(facts: Facts) -> Html:
    held, title = facts.held_out, "Can the scores be trusted?"
    n, n_positive = len(held.label), int(held.label.sum())
    if not n:
        return _section(
            "quality",
            title,
            "No labelled lead could be held out yet, so quality cannot be judged. A longer history is needed.",
        )
    about = (
        f"Judged on {several(n, 'snapshot')} of leads from {day(held.first)} to {day(held.last)}, {count(n_positive)} of which "
        f"converted. {_judges(facts)}"
    )
    if n_positive < TOO_FEW:
        about += " So few conversions show next to nothing: the figures will settle as more come."
    if not 0 < n_positive < n:
        return _section(
            "quality",
            title,
            [about, " All ended alike, so there is no ranking to draw."],
            metrics_table(facts.metrics, alike(facts)),
        )
    model = Ranking.of(held.label, held.model)
    rules = None if alike(facts) else Ranking.of(held.label, held.rules)
    return _section(
        "quality",
        title,
        about,
        element("div", gains(model, rules), lift(model, rules), class_="two"),
        element(
            "div",
            calibration(reliability(held.label, held.model)),
            roc(model, rules),
            precision_recall(model, rules),
            class_="three",
        ),
        _figures(facts),
    )


def _figures(facts: Facts) -> Html:
    head = element(
        "figcaption",
        element("h3", "All figures"),
        element(
            "p",
            "Below each figure stands its 95% interval, for which companies are drawn as wholes. The random split shows how much "
            "leaking flatters; "
            "its rows convert at a rate of their own, so compare it by ROC-AUC only.",
        ),
    )
    return element("figure", head, metrics_table(facts.metrics, alike(facts)), class_="wide")


def _reasons(facts: Facts) -> Html:
    title = "What moves scores"
    used = [feature for feature in facts.features if feature.mean_size >= LEAST]
    if not used:
        return _section("reasons", title, "No open lead is explained yet, or no feature moves any score.")
    shown = [feature for feature in used[:DEPENDENCE] if feature.name in facts.drawn]
    ends = shared_ends(shown, facts.drawn)
    sentence = (
        "A lead's points say what raised and what lowered its score, and add up to it exactly; ten points double or halve the odds. "
        "Here are the points of all open leads together."
    )
    return _section(
        "reasons",
        title,
        sentence,
        families(facts.families),
        topics(facts.topics),
        trends(facts.history) if facts.history else None,
        features(facts.features, facts.drawn, facts.n_drawn),
        element("h3", "Points by value", class_="sub"),
        element(
            "p",
            f"How the points of the {len(shown)} strongest features depend on their value. Every dot is a lead drawn, lines and marks are "
            "medians, and all share one scale of points.",
            class_="say",
        ),
        element("div", [dependence(feature, facts.drawn[feature.name], ends) for feature in shown], class_="three"),
    )


def _people(facts: Facts) -> Html:
    title = "Leads, explained"
    if not facts.leads:
        return _section("people", title, "There is no open lead to explain yet.")
    sentence = (
        "From where every lead starts to its own score, the strongest reasons first: blue bars to the right raise it, orange bars to "
        "the left lower it."
    )
    return _section(
        "people", title, sentence, element("div", [waterfall(lead) for lead in facts.leads], class_="cards")
    )


def _model(facts: Facts) -> Html:
    model = facts.model
    lines: list[tuple[str, Child]] = [
        ("Version", element("code", model.version)),
        ("Kind", MODES.get(model.mode, plain(model.mode))),
        (
            "Predicts",
            f"{EVENTS.get(model.conversion_event, plain(model.conversion_event))} within {model.horizon_days} days",
        ),
        (
            "Learnt from",
            f"{several(model.training_rows, 'snapshot')} with {several(model.training_conversions, 'conversion')}",
        ),
        (
            "Snapshots from",
            f"{day(model.training_from)} to {day(model.training_until)}" if model.training_from else "no day yet",
        ),
        ("Features", count(len(model.feature_names))),
        ("Score 50 means", f"a {percent(model.chance_at_50, 2)} chance to convert"),
        ("Earlier models kept", count(model.n_retired)),
        ("SHA-256", element("code", model.sha256)),
    ]
    listed = element(
        "dl", [element("div", element("dt", name), element("dd", value)) for name, value in lines], class_="facts"
    )
    honest = element(
        "div",
        element("h3", "To keep in mind"),
        element("ul", [element("li", note) for note in notes(facts)]),
        class_="notes",
    )
    return _section(
        "model",
        "What the model is",
        "The model that gave these scores, as its registry knows it, and what to know before acting on them.",
        element("div", listed, honest, class_="two"),
    )
