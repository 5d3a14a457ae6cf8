"""Logistic regression with a Gaussian prior, solved by damped Newton steps.

One solver serves the hybrid model, the calibration and the calibration metrics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

# Twice the log-density a step may still gain; its root is the distance to the mode in standard errors.
ENOUGH = 1e-9


@dataclass(frozen=True)
class Posterior:
    """The mode of the posterior, its curvature there and whether the steps settled."""

    coef: Floats
    precision: Floats
    log_density: float
    converged: bool


def logistic_map(
    X: Floats,
    y: Floats,
    *,
    prior_mean: Floats,
    prior_precision: Floats,
    weight: Floats | None = None,
    offset: Floats | float = 0.0,
    start: Floats | None = None,
    max_steps: int = 50,
) -> Posterior:
    """Most probable coefficients of log-odds = X @ coef + offset.

    X is (n, p), y and weight are (n,); the prior is independent normal with the given mean and precision (1/variance),
    each (p,), where a precision of zero means no prior. ``log_density`` leaves out the normal's constants.
    A separable or singular problem without prior comes back with ``converged`` false.
    """
    weighted = np.ones_like(y) if weight is None else weight
    coef = prior_mean.copy() if start is None else start.copy()

    def density(beta: Floats) -> tuple[float, Floats]:
        eta = X @ beta + offset
        gap = beta - prior_mean
        fit = float(weighted @ (y * eta - np.logaddexp(0.0, eta)))
        return fit - 0.5 * float(prior_precision @ (gap * gap)), eta

    value, eta = density(coef)
    curvature = np.diag(prior_precision)
    for _ in range(max_steps):
        p = expit(eta)
        gradient = X.T @ (weighted * (y - p)) - prior_precision * (coef - prior_mean)
        curvature = (X.T * (weighted * p * (1.0 - p))) @ X + np.diag(prior_precision)
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            return Posterior(coef, curvature, value, False)
        gain = float(step @ gradient)
        if not np.isfinite(gain):
            return Posterior(coef, curvature, value, False)
        if gain < ENOUGH:
            # Where the classes can be told apart without prior, the gain ends but the steps go on to infinity.
            return Posterior(coef, curvature, value, bool(np.abs(X @ step).max(initial=0.0) < 0.1))
        # The log-posterior is concave, so halving the step always ends; 30 halvings mean we are at rounding error.
        for _ in range(30):
            new_value, new_eta = density(coef + step)
            if new_value >= value:
                break
            step *= 0.5
        else:
            return Posterior(coef, curvature, value, True)
        coef, value, eta = coef + step, new_value, new_eta
    return Posterior(coef, curvature, value, False)
