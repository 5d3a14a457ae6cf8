"""Rules that learn: logistic regression whose prior is the rule points.

log-odds = intercept + trust * (rule points) + corrections. The prior has trust 1 and corrections 0, so without data the
model is the rules; conversions first teach how far to trust the points as a whole, then which of them, and which
other features, deserve a correction. Every term is linear and centred, so contributions are exact.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadscore.learning.calibration import Calibration, base_log_odds, fit_calibration
from leadscore.learning.encoding import FeatureSpec, column_of, encode_column
from leadscore.learning.newton import Floats, Posterior, logistic_map
from leadscore.learning.rules import Rule, rules_met
from leadscore.learning.splits import Fold

TRUST_DEVIATION = 0.5  # prior standard deviation of the trust in the rule points
RATE_DEVIATION = 2.0  # of the intercept, wide: the base rate is soon known
# Candidate standard deviations of a correction, for one standard deviation of its feature; the evidence chooses.
CORRECTION_DEVIATIONS = (0.03, 0.06, 0.12, 0.25, 0.5)
# The rate believed before any label weighs as much as this many rows.
PRIOR_ROWS = 100.0


@dataclass(frozen=True)
class LinearScorer:
    """intercept + sum over rules of weight * (met - mean) + sum over features of weight * (value - mean).

    ``weights`` and ``means`` hold one array a feature: a single number of a numeric one, one a level of a category.
    Numbers enter as asinh(x), linear near zero and a logarithm beyond, which tames counts and money. A missing value
    contributes nothing to its feature's own term, and meets no rule but ``is_null``.
    """

    features: tuple[FeatureSpec, ...]
    intercept: float
    rules: tuple[Rule, ...]
    rule_weights: tuple[float, ...]
    rule_means: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...] = ()
    means: tuple[tuple[float, ...], ...] = ()

    def margins(self, frame: pd.DataFrame) -> Floats:
        """Raw log-odds (n,): the sum of the contributions."""
        return np.asarray(self.contributions(frame).sum(axis=1))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Log-odds split by feature (n, f + 1), the intercept last."""
        parts = np.zeros((len(frame), len(self.features) + 1))
        parts[:, -1] = self.intercept
        place = {spec.name: position for position, spec in enumerate(self.features)}
        terms = (rules_met(frame, self.rules) - np.array(self.rule_means)) * np.array(self.rule_weights)
        for rule, term in zip(self.rules, terms.T, strict=True):
            parts[:, place[rule.feature]] += term
        for position, (spec, weight, mean) in enumerate(zip(self.features, self.weights, self.means, strict=False)):
            if any(weight):
                parts[:, position] += _own_term(column_of(frame, spec.name), spec, np.array(weight), np.array(mean))
        return parts

    def shifts(self, frame: pd.DataFrame, changes: Iterable[Mapping[str, Floats]]) -> Iterator[Floats]:
        """By how much each change of numeric columns moves the log-odds, (n,) each: only their own terms move.

        A change gives new values (n,) to some of the columns.
        """
        for change in changes:
            moved = self._only(change)
            names = [spec.name for spec in moved.features]
            after = pd.DataFrame({name: change[name] for name in names}, index=frame.index)
            yield (moved.contributions(after) - moved.contributions(frame[names])).sum(axis=1)

    def _only(self, names: Container[str]) -> LinearScorer:
        """The scorer of some of the features, without an intercept."""
        own = [position for position, spec in enumerate(self.features) if spec.name in names]
        met = [position for position, rule in enumerate(self.rules) if rule.feature in names]
        return LinearScorer(
            tuple(self.features[position] for position in own),
            0.0,
            tuple(self.rules[position] for position in met),
            tuple(self.rule_weights[position] for position in met),
            tuple(self.rule_means[position] for position in met),
            tuple(self.weights[position] for position in own) if self.weights else (),
            tuple(self.means[position] for position in own) if self.means else (),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "intercept": self.intercept,
            "rules": [rule.to_dict() for rule in self.rules],
            "rule_weights": list(self.rule_weights),
            "rule_means": list(self.rule_means),
            "weights": [list(weight) for weight in self.weights],
            "means": [list(mean) for mean in self.means],
        }

    @classmethod
    def from_dict(cls, features: tuple[FeatureSpec, ...], stored: dict[str, Any]) -> LinearScorer:
        return cls(
            features,
            stored["intercept"],
            tuple(Rule(**rule) for rule in stored["rules"]),
            tuple(stored["rule_weights"]),
            tuple(stored["rule_means"]),
            tuple(map(tuple, stored["weights"])),
            tuple(map(tuple, stored["means"])),
        )


def _own_term(column: pd.Series[Any], spec: FeatureSpec, weight: Floats, mean: Floats) -> Floats:
    values = encode_column(column, spec)
    if spec.kind == "numeric":
        return np.asarray(np.nan_to_num((np.arcsinh(values) - mean[0]) * weight[0], nan=0.0))
    by_level = np.append(weight - float(weight @ mean), 0.0)
    return np.asarray(by_level[np.nan_to_num(values, nan=len(weight)).astype(np.int64)])


def smoothed_rate(label: Floats, assumed_rate: float) -> float:
    """The share of conversions in (n,) labels, drawn to the assumed rate as by PRIOR_ROWS more rows of it."""
    return float((label.sum() + PRIOR_ROWS * assumed_rate) / (len(label) + PRIOR_ROWS))


def rules_scorer(
    frame: pd.DataFrame, label: Floats, features: tuple[FeatureSpec, ...], rules: Sequence[Rule], assumed_rate: float
) -> LinearScorer:
    """The rule points as they are, centred on the training rows, around the smoothed base rate."""
    rate = smoothed_rate(label, assumed_rate)
    met = rules_met(frame, rules)
    means = met.mean(axis=0) if len(met) else np.zeros(len(rules))
    return LinearScorer(
        features,
        float(np.log(rate / (1.0 - rate))),
        tuple(rules),
        tuple(rule.log_odds for rule in rules),
        tuple(map(float, means)),
    )


def fit_hybrid(
    frame: pd.DataFrame,
    label: Floats,
    features: tuple[FeatureSpec, ...],
    rules: Sequence[Rule],
    assumed_rate: float,
    folds: Sequence[Fold] = (),
) -> tuple[LinearScorer, Calibration, dict[str, Any]]:
    """The most probable linear model given labels (n,) and the rules as prior, and what was decided on the way.

    How far corrections may go is chosen by the evidence, in Laplace's approximation (MacKay 1992). The calibration is
    learnt from the pooled margins of the folds' held-out rows.
    """
    scorer, decided = fit_linear(frame, label, features, rules, assumed_rate, CORRECTION_DEVIATIONS)
    margins, labels = [np.empty(0)], [np.empty(0)]
    for fit, out in folds:
        chosen = (decided["correction_deviation"],)
        tested, _ = fit_linear(frame[fit], label[fit], features, rules, assumed_rate, chosen)
        # As in boosting, a base rate that changed over time must not be counted twice.
        margins.append(tested.margins(frame[out]) + base_log_odds(label) - base_log_odds(label[fit]))
        labels.append(label[out])
    calibration = fit_calibration(np.concatenate(margins), np.concatenate(labels))
    return scorer, calibration, {**decided, "n_folds": len(folds)}


def fit_linear(
    frame: pd.DataFrame,
    label: Floats,
    features: tuple[FeatureSpec, ...],
    rules: Sequence[Rule],
    assumed_rate: float,
    deviations: Sequence[float],
) -> tuple[LinearScorer, dict[str, Any]]:
    """The linear model of all rows, not yet calibrated, with the most probable of the given correction deviations."""
    prior = rules_scorer(frame, label, features, rules, assumed_rate)
    rule_log_odds = np.array(prior.rule_weights)
    met = rules_met(frame, rules) - np.array(prior.rule_means)
    own = [_own_columns(column_of(frame, spec.name), spec) for spec in features]
    n_rules, widths = len(rules), [columns.shape[1] for columns, _, _ in own]
    X = np.column_stack([np.ones(len(frame)), met @ rule_log_odds, met, *[columns for columns, _, _ in own]])
    mean = np.zeros(X.shape[1])
    mean[:2] = prior.intercept, 1.0

    best: tuple[float, float, Posterior] | None = None
    start = mean
    for deviation in deviations:
        precision = np.full(X.shape[1], deviation**-2.0)
        precision[:2] = RATE_DEVIATION**-2.0, TRUST_DEVIATION**-2.0
        found = logistic_map(X, label, prior_mean=mean, prior_precision=precision, start=start)
        start = found.coef
        evidence = found.log_density + 0.5 * (np.log(precision).sum() - np.linalg.slogdet(found.precision)[1])
        if best is None or evidence > best[0]:
            best = (float(evidence), deviation, found)
    assert best is not None
    evidence, deviation, found = best
    trust, coef = float(found.coef[1]), found.coef[2:]
    own_coef = np.split(coef[n_rules:], np.cumsum(widths)[:-1]) if widths else []
    scorer = LinearScorer(
        features,
        float(found.coef[0]),
        tuple(rules),
        tuple(map(float, trust * rule_log_odds + coef[:n_rules])),
        prior.rule_means,
        tuple(tuple(map(float, c / scale)) for c, (_, _, scale) in zip(own_coef, own, strict=True)),
        tuple(tuple(map(float, centre)) for _, centre, _ in own),
    )
    return scorer, {"correction_deviation": deviation, "trust_in_rules": trust, "log_evidence": evidence}


def _own_columns(column: pd.Series[Any], spec: FeatureSpec) -> tuple[NDArray[np.float64], Floats, float]:
    """A feature's centred columns (n, 1 or number of levels), their means and the scale they were divided by."""
    values = encode_column(column, spec)
    present = ~np.isnan(values)
    if spec.kind == "numeric":
        bent = np.arcsinh(values)
        centre = float(bent[present].mean()) if present.any() else 0.0
        scale = float(bent[present].std()) if present.any() else 0.0
        scale = scale if scale > 1e-9 * max(1.0, abs(centre)) else np.inf
        return np.nan_to_num((bent - centre) / scale, nan=0.0)[:, None], np.array([centre]), scale
    hot = values[:, None] == np.arange(len(spec.levels))
    shares = hot[present].mean(axis=0) if present.any() else np.zeros(len(spec.levels))
    return np.where(present[:, None], hot - shares, 0.0), shares, 1.0
