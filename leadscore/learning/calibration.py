"""Calibration in log-odds: two numbers that make probabilities mean what they say and keep every sum a sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from leadscore.learning.newton import Floats, logistic_map

SLOPE_PRIOR = (1.0, 0.5)  # mean and standard deviation: the margin is believed unless the data disagree
SHIFT_PRIOR = (0.0, 1.0)  # of the log-odds at the average margin
MIN_SLOPE = 0.05  # a calibration may doubt the ranking but never turn it round


@dataclass(frozen=True)
class Calibration:
    """calibrated log-odds = slope * margin + intercept."""

    slope: float = 1.0
    intercept: float = 0.0


def fit_calibration(margin: ArrayLike, label: ArrayLike, slope_deviation: float = SLOPE_PRIOR[1]) -> Calibration:
    """Slope and intercept from held-out margins (n,) in log-odds and their labels (n,), 0 or 1.

    The maximum of likelihood times priors, normal on the slope (1, 0.5 or as given) and on the shift at the average
    margin (0, 1), so that a handful of conversions moves it little and none at all still gives an answer (after Platt 1999).
    """
    x = np.asarray(margin, dtype=np.float64)
    y = np.asarray(label, dtype=np.float64)
    if len(x) == 0:
        return Calibration()
    centre = float(x.mean())
    X = np.column_stack([np.ones_like(x), x - centre])
    mean = np.array([centre + SHIFT_PRIOR[0], SLOPE_PRIOR[0]])
    precision = np.array([SHIFT_PRIOR[1], slope_deviation]) ** -2
    shift, slope = logistic_map(X, y, prior_mean=mean, prior_precision=precision).coef
    if slope < MIN_SLOPE:
        slope = MIN_SLOPE
        fixed = MIN_SLOPE * (x - centre)
        shift = logistic_map(X[:, :1], y, prior_mean=mean[:1], prior_precision=precision[:1], offset=fixed).coef[0]
    return Calibration(float(slope), float(shift - slope * centre))


def base_log_odds(label: Floats) -> float:
    """Log-odds of the share of ones among (n,) labels, half a one and half a zero added."""
    ones = float(label.sum()) + 0.5
    return float(np.log(ones / (len(label) + 1.0 - ones)))


def match_rate(margin: ArrayLike, rate: float) -> Calibration:
    """The shift that makes the mean probability of margins (n,) the given rate; the order and the distances stay."""
    x = np.asarray(margin, dtype=np.float64)
    if len(x) == 0:
        return Calibration()
    none = np.zeros(1)
    shift = logistic_map(np.ones((len(x), 1)), np.full(len(x), rate), offset=x, prior_mean=none, prior_precision=none)
    return Calibration(1.0, float(shift.coef[0]))


def calibrate(values: Floats, calibration: Calibration) -> Floats:
    """Calibrated log-odds of raw margins (n,), or of contributions (n, f + 1) whose last column is the base value."""
    if values.ndim == 1:
        return calibration.slope * values + calibration.intercept
    calibrated = calibration.slope * values
    calibrated[:, -1] += calibration.intercept
    return calibrated
