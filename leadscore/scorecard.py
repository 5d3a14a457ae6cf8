"""From log-odds to score points and back: score = 50 + 10 * log2(odds / reference odds).

Fifty is an average lead and every ten points double the odds. The map is linear in log-odds, so contributions in
log-odds become points exactly: base score + sum of points = raw score. The scale is the credit scorecard's
("points to double the odds", Siddiqi 2006).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

POINTS_TO_DOUBLE = 10.0
AVERAGE_SCORE = 50.0
LOWEST, HIGHEST = 0.0, 100.0
LOG_ODDS_PER_POINT = float(np.log(2.0)) / POINTS_TO_DOUBLE


def points_from_log_odds(contributions: ArrayLike) -> NDArray[np.float64]:
    """Points of contributions in log-odds, any shape; differences of log-odds, so the reference plays no part."""
    return np.asarray(contributions, dtype=np.float64) / LOG_ODDS_PER_POINT


def raw_score(log_odds: ArrayLike, reference_odds: float) -> NDArray[np.float64]:
    """The score before clipping, of calibrated log-odds of any shape.

    The base score of an explanation is the raw score of its base value.
    """
    return AVERAGE_SCORE + points_from_log_odds(np.asarray(log_odds, dtype=np.float64) - np.log(reference_odds))


def clip(score: ArrayLike) -> NDArray[np.float64]:
    """The raw score held within 0 and 100."""
    return np.clip(np.asarray(score, dtype=np.float64), LOWEST, HIGHEST)


def log_odds(score: ArrayLike, reference_odds: float) -> NDArray[np.float64]:
    """The calibrated log-odds of a raw score, the inverse of ``raw_score``."""
    return np.asarray((np.asarray(score, np.float64) - AVERAGE_SCORE) * LOG_ODDS_PER_POINT + np.log(reference_odds))


def probability(score: ArrayLike, reference_odds: float) -> NDArray[np.float64]:
    """The conversion probability a raw score stands for."""
    return np.asarray(expit(log_odds(score, reference_odds)))
