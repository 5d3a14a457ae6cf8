"""What a reader should know before acting on the figures, said from the figures themselves."""

from __future__ import annotations

from leadscore.report.facts import Facts, Metric
from leadscore.report.words import percent, several

FEW = 100
"""Held-out conversions below which intervals are wide enough to be said."""


def notes(facts: Facts) -> list[str]:
    """Sentences, the weightiest first."""
    return [note for note in (*_judged(facts), _mode(facts), *_always(facts)) if note]


def _judged(facts: Facts) -> list[str]:
    model, rules = _metric(facts, "model", "roc_auc"), _metric(facts, "rules", "roc_auc")
    flattered, slope = facts.metrics.get(("random", "model", "roc_auc")), _metric(facts, "model", "calibration_slope")
    found = []
    if 0 < facts.held_out.label.sum() < FEW:
        found.append(
            f"The model was judged on {several(int(facts.held_out.label.sum()), 'conversion')}: few, so read the intervals and not "
            "the figures alone."
        )
    if model and rules and rules.upper is not None and model.lower is not None and rules.upper > model.lower:
        found.append(
            "The intervals of model and rule points overlap: these months alone do not prove that the model ranks better."
        )
    if model and flattered and model.value is not None and flattered.value is not None:
        gap = flattered.value - model.value
        more = f"{abs(gap):.3f} {'more' if gap > 0 else 'less'}" if abs(gap) >= 0.0005 else "the same"
        found.append(
            f"A random split would have claimed a ROC-AUC of {flattered.value:.3f}, {more} than the honest {model.value:.3f}; it mixes "
            "one company's people and one month's news into both sides."
        )
    if slope and slope.lower is not None and slope.upper is not None and not slope.lower <= 1 <= slope.upper:
        way = "too bold: high ones are too high" if slope.upper < 1 else "too timid: high ones are too low"
        found.append(f"The calibration slope's interval leaves out 1: on these months probabilities were {way}.")
    return found


def _mode(facts: Facts) -> str:
    had = f"{several(facts.model.training_rows, 'labelled snapshot')} with {several(facts.model.training_conversions, 'conversion')}"
    if facts.model.mode == "rules":
        return f"{had} are too few to learn from, so the rule points score alone."
    if facts.model.mode == "hybrid":
        return f"{had} carry a logistic regression that starts from the rule points, not yet a model of its own."
    return ""


def _always(facts: Facts) -> list[str]:
    found = [
        "Points say how the model reads a lead. They are associations in past data, not promises that changing a value "
        "changes the outcome.",
        "Score 50 stands for odds pinned when the first model was trained "
        f"({percent(_probability(facts.model.reference_odds), 1)} to convert), so scores keep their meaning from one "
        "model to the next.",
    ]
    if facts.scores.n_clipped:
        found.append(
            f"{several(facts.scores.n_clipped, 'score')} would lie beyond 0 or 100, held there; the raw score keeps "
            "their order."
        )
    if facts.leads:
        found.append("This file names people: share it as you would share the CRM.")
    return found


def _metric(facts: Facts, scorer: str, metric: str) -> Metric | None:
    return facts.metrics.get(("out_of_time", scorer, metric))


def _probability(odds: float) -> float:
    return odds / (1 + odds)
