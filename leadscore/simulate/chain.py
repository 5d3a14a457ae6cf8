"""The buying journey as a Markov chain in weeks, and the true probability of converting, in closed form.

A company is unaware, researches, evaluates, decides, and then converts (an opportunity is created) or is lost; both
come back to unaware later. A quick answer to somebody who raised a hand makes the company move on faster for the rest
of that journey ("urged"). A person is involved in the journey or not. These four facts (fit, stage, urged, involved)
and how readily the person takes part are all that the future depends on, so the probability is a table.
"""

from __future__ import annotations

import numpy as np

from leadscore.simulate.draws import Array
from leadscore.simulate.people import PROPENSITIES

STAGES = ("unaware", "researching", "evaluating", "deciding", "lost", "customer")
UNAWARE, RESEARCHING, EVALUATING, DECIDING, LOST, CUSTOMER = range(6)
BUYING = (RESEARCHING, EVALUATING, DECIDING)

HORIZON_DAYS = 90
FIT_START = np.array([0.40, 0.66, 1.0, 1.45, 2.1])
"""Multiplies how often companies of each fit bin begin a journey."""
FIT_PROGRESS = np.array([0.65, 0.85, 1.0, 1.15, 1.3])
"""Multiplies how readily they move on in it."""
BEGIN = 0.0138
PROGRESS = {RESEARCHING: 0.12, EVALUATING: 0.15, DECIDING: 0.17}
GIVE_UP = {RESEARCHING: 0.10, EVALUATING: 0.085, DECIDING: 0.09}
RECOVER = {LOST: 0.12, CUSTOMER: 0.08}
RAISE_HAND = np.array([0.0, 0.015, 0.070, 0.130, 0.0, 0.0])
"""Chance that somebody of the company raises a hand in a week, by stage."""
QUICK_ANSWER = 0.40
"""Share of raised hands that sales answers within a day."""
URGED_PROGRESS = 2.2
"""Multiplies how readily a company moves on after a quick answer."""
JOIN = {RESEARCHING: 0.75, EVALUATING: 0.45, DECIDING: 0.35}
"""Chance to get involved when the company enters a stage, times the person's propensity."""
ON_OPPORTUNITY = 0.80
"""Chance that an involved person is put on the opportunity and so converts with it."""


def transitions() -> Array:
    """Weekly probabilities (fit bin, urged, from stage, to stage)."""
    matrix = np.zeros((len(FIT_START), 2, 6, 6))
    matrix[:, :, UNAWARE, RESEARCHING] = (BEGIN * FIT_START)[:, None]
    for stage in BUYING:
        onward = CUSTOMER if stage == DECIDING else stage + 1
        matrix[:, :, stage, onward] = PROGRESS[stage] * FIT_PROGRESS[:, None] * np.array([1.0, URGED_PROGRESS])
        matrix[:, :, stage, UNAWARE if stage == RESEARCHING else LOST] = GIVE_UP[stage]
    for stage, rate in RECOVER.items():
        matrix[:, :, stage, UNAWARE] = rate
    matrix[:, :, np.arange(6), np.arange(6)] = 1 - matrix.sum(axis=3)
    return matrix


def conversion_probability(days: int = HORIZON_DAYS) -> Array:
    """P(the person converts in the `days` from a day of a week on, not having converted earlier in it).

    By (fit bin, propensity bin, stage, urged, involved) at the start of the week; the mean over the seven days of it.
    """
    by_day = []
    for day in range(7):
        before = converts_within(day)
        by_day.append((converts_within(days + day) - before) / (1 - before))
    return np.asarray(np.mean(by_day, axis=0))


def converts_within(days: int) -> Array:
    """P(the person converts within `days` of the start of a week), by the same five.

    Backward recursion over whole weeks, at whose start the state holds. A conversion is spread evenly over its week, so
    a last part of a week counts in proportion.
    """
    move = transitions()
    whole, rest = divmod(days, 7)
    value = np.zeros((len(FIT_START), len(PROPENSITIES), 6, 2, 2))
    value = rest / 7 * _one_week_earlier(move, value)
    for _ in range(whole):
        value = _one_week_earlier(move, value)
    return value


def _one_week_earlier(move: Array, later: Array) -> Array:
    """The probability a week earlier than `later`, counting a conversion in this week as 1."""
    join = np.array(PROPENSITIES)
    urge = (RAISE_HAND * QUICK_ANSWER)[:, None]
    value = np.zeros_like(later)
    for stage in range(6):
        for target in range(6):
            rate = move[:, :, stage, target]  # (fit, urged)
            if not rate.any():
                continue
            buying = target in BUYING and stage in (UNAWARE, *BUYING)
            fresh = later[:, :, target, 0, :]  # (fit, propensity, involved), not urged
            hot = later[:, :, target, 1, :]
            quick = float(urge[stage, 0]) if buying and stage in BUYING else 0.0
            after = np.stack([(1 - quick) * fresh + quick * hot, hot if buying else fresh], axis=2)
            value[:, :, stage] += rate[:, None, :, None] * _joined(after, join, stage, target)
    return value


def _joined(after: Array, join: Array, stage: int, target: int) -> Array:
    """What awaits a person (fit, propensity, urged, involved) once involvement after this move is drawn."""
    apart, along = after[..., 0], after[..., 1]
    if target == stage:
        return np.stack([apart, along], axis=-1)
    if target in BUYING:
        joins = (JOIN[target] * join)[None, :, None]
        return np.stack([(1 - joins) * apart + joins * along, along], axis=-1)
    converts = ON_OPPORTUNITY if target == CUSTOMER and stage == DECIDING else 0.0
    return np.stack([apart, converts + (1 - converts) * apart], axis=-1)
