"""What a reader should know before acting on the figures, said from the figures themselves."""

from __future__ import annotations

import numpy as np

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
    intercept = _metric(facts, "model", "calibration_intercept")
    found = []
    if 0 < facts.held_out.label.sum() < FEW:
        found.append(
            f"The scores were judged on {several(int(facts.held_out.label.sum()), 'conversion')}. That is few: read the intervals, not "
            "the figures alone."
        )
    if not alike(facts) and model and rules and _overlap(model, rules):
        found.append(
            "The ROC-AUC intervals of model and rule points overlap: these months alone do not show which of them ranks better."
        )
    if model and flattered and model.value is not None and flattered.value is not None:
        gap = flattered.value - model.value
        mixes = "it learns from people of the very companies and months it is judged on"
        if gap >= 0.0005:
            said = f"would have claimed a ROC-AUC of {flattered.value:.3f}, {gap:.3f} above {model.value:.3f}: {mixes}."
        else:
            said = f"gives a ROC-AUC of {flattered.value:.3f}, no better than {model.value:.3f} here, although {mixes}."
        found.append(f"A random split {said}")
    if slope and slope.lower is not None and slope.upper is not None and not slope.lower <= 1 <= slope.upper:
        way = "too extreme at both ends" if slope.upper < 1 else "too close to the average at both ends"
        found.append(f"The calibration slope's interval leaves out 1: in these months probabilities were {way}.")
    if (
        intercept
        and intercept.lower is not None
        and intercept.upper is not None
        and not intercept.lower <= 0 <= intercept.upper
    ):
        expected, came = float(facts.held_out.model.sum()), int(facts.held_out.label.sum())
        found.append(
            f"In the judged months {expected:.0f} conversions were expected and {came} came: the conversions expected of today's "
            f"open leads may be too {'many' if expected > came else 'few'} as well."
        )
    return found


def alike(facts: Facts) -> bool:
    """Whether the model ranks as the rule points do, as it does when they score alone."""
    return bool(np.array_equal(facts.held_out.model, facts.held_out.rules))


def _overlap(one: Metric, other: Metric) -> bool:
    if one.lower is None or one.upper is None or other.lower is None or other.upper is None:
        return False
    return one.lower < other.upper and other.lower < one.upper


def _mode(facts: Facts) -> str:
    had = f"{several(facts.model.training_rows, 'labelled snapshot')} with {several(facts.model.training_conversions, 'conversion')}"
    if facts.model.mode == "rules":
        return f"{had} are too few to learn from, so the rule points score alone until there are more."
    if facts.model.mode == "hybrid":
        return f"{had} carry a logistic regression that starts from the rule points, not yet a model of its own."
    return ""


def _always(facts: Facts) -> list[str]:
    found = [
        "Points say how the model reads a lead. They are associations in past data, not promises that changing a value "
        "changes the outcome.",
        "A score of 50 stands for odds pinned when the first model was trained "
        f"(a {percent(facts.model.chance_at_50, 1)} chance to convert), so scores keep their meaning from one "
        "model to the next.",
    ]
    if facts.scores.n_clipped:
        n = facts.scores.n_clipped
        found.append(
            f"{several(n, 'score')} would lie below 0 or above 100 and {'is' if n == 1 else 'are'} held there; the raw score "
            "keeps the order."
        )
    if facts.leads:
        found.append("This file names people: share it as you would share the CRM.")
    return found


def _metric(facts: Facts, scorer: str, metric: str) -> Metric | None:
    return facts.metrics.get(("out_of_time", scorer, metric))
