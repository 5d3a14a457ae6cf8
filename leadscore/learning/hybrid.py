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

from leadscore.learning.calibration import Calibration, fit_calibration, match_rate
from leadscore.learning.encoding import FeatureSpec, column_of, encode_column
from leadscore.learning.newton import Floats, Posterior, logistic_map
from leadscore.learning.rules import Rule, rules_met
from leadscore.learning.splits import account_folds, stable_hash

TRUST_DEVIATION = 0.5  # prior standard deviation of the trust in the rule points
RATE_DEVIATION = 2.0  # of the intercept, wide: the base rate is soon known
# Candidate standard deviations of a correction, for one standard deviation of its feature; other accounts choose.
CORRECTION_DEVIATIONS = (0.045, 0.09, 0.18)
SURE = 2.0  # standard errors by which more correction must be better
N_FOLDS = 4
# Prior standard deviation of the calibration's slope about 1: a model with a prior of its own is sure enough by itself.
SLOPE_DEVIATION = 0.1
# Rows that the choice is made with; of more, leads and accounts without a conversion are thinned.
CHOICE_ROWS = 10_000
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
    owner: NDArray[np.object_],
    seed: int = 0,
) -> tuple[LinearScorer, Calibration, dict[str, Any]]:
    """The most probable linear model given labels (n,) and the rules as prior, and what was decided on the way.

    How far corrections may go, and the slope of the calibration, are learnt from margins of owners (n,), accounts for
    instance, that took no part: the evidence of all rows together would take snapshots of one account for many
    witnesses and let corrections run. Time is not held out as well, since few conversions would be left to learn from.
    As with the rules, the intercept makes the mean probability the smoothed rate.
    """
    rows = choice_rows(label, owner, seed)
    some, some_label, some_owner = frame[rows], label[rows], owner[rows]
    folds = [
        (fit, out)
        for fit, out in account_folds(some_owner, None, len(some_label), N_FOLDS, seed)
        if len(np.unique(some_label[fit])) == 2
    ]
    tested = np.zeros(len(some_label), dtype=bool)
    margins = {deviation: np.zeros(len(some_label)) for deviation in CORRECTION_DEVIATIONS}
    for fit, out in folds:
        tested |= out
        prepared = Design.of(some[fit], some_label[fit], features, rules, assumed_rate)
        for deviation, margin in margins.items():
            margin[out] = prepared.scorer(prepared.coefficients(deviation)).margins(some[out])
    chosen, slope = CORRECTION_DEVIATIONS[0], 1.0
    if tested.any():
        held_out = {deviation: margin[tested] for deviation, margin in margins.items()}
        chosen = smallest_good(held_out, some_label[tested], some_owner[tested])
        slope = fit_calibration(held_out[chosen], some_label[tested], SLOPE_DEVIATION).slope
    design = Design.of(frame, label, features, rules, assumed_rate)
    coef = design.coefficients(chosen)
    scorer = design.scorer(coef)
    centred = match_rate(slope * scorer.margins(frame), smoothed_rate(label, assumed_rate))
    decided = {"correction_deviation": chosen, "trust_in_rules": float(coef[1]), "n_folds": len(folds)}
    return scorer, Calibration(slope, centred.intercept), decided


def fit_linear(
    frame: pd.DataFrame,
    label: Floats,
    features: tuple[FeatureSpec, ...],
    rules: Sequence[Rule],
    assumed_rate: float,
    deviations: Sequence[float],
) -> tuple[LinearScorer, dict[str, Any]]:
    """The linear model of all rows, not yet calibrated, with the correction deviation that the evidence favours.

    For the line beside the trees, whose weight held-out rows decide: the evidence may take more than it should.
    """
    design = Design.of(frame, label, features, rules, assumed_rate)
    found: dict[float, tuple[Posterior, float]] = {}
    start: Floats | None = None
    for deviation in deviations:
        found[deviation] = design.posterior(deviation, start)
        start = found[deviation][0].coef
    chosen = max(found, key=lambda deviation: found[deviation][1])
    posterior, evidence = found[chosen]
    decided = {"correction_deviation": chosen, "trust_in_rules": float(posterior.coef[1]), "log_evidence": evidence}
    return design.scorer(posterior.coef), decided


def choice_rows(label: Floats, owner: NDArray[np.object_], seed: int) -> NDArray[np.bool_]:
    """At most about CHOICE_ROWS of (n,) rows, whole owners, all with a conversion among them: a choice of cases, which
    moves the intercept of a logistic regression and not its slopes (Prentice and Pyke 1979)."""
    converting = np.isin(owner, owner[label == 1])
    others = int((~converting).sum())
    room = max(CHOICE_ROWS - int(converting.sum()), CHOICE_ROWS // 4)
    if others <= room:
        return np.ones(len(label), dtype=bool)
    return np.asarray(converting | (stable_hash(owner, seed) < np.uint64(int(room / others * 2**64))))


def smallest_good(margins: Mapping[float, Floats], label: Floats, owner: NDArray[np.object_]) -> float:
    """The smallest deviation whose held-out log loss is within SURE standard errors of the best.

    The error is that of the difference, by owner (n,), since the rows of one are no independent witnesses (as in the one
    standard error rule of Breiman et al. 1984, but slower to leave the rules).
    """
    of_owner = pd.factorize(owner)[0]
    losses = {
        deviation: np.bincount(of_owner, np.logaddexp(0.0, margin) - label * margin)
        for deviation, margin in margins.items()
    }
    best = min(losses.values(), key=lambda loss: float(loss.sum()))
    return min(
        deviation
        for deviation, loss in losses.items()
        if (loss - best).sum() <= SURE * np.sqrt(len(best)) * (loss - best).std()
    )


@dataclass(frozen=True)
class Design:
    """Rows (n,) as the columns of the hybrid's regression: one, the points as a whole, each rule, each feature."""

    features: tuple[FeatureSpec, ...]
    prior: LinearScorer
    X: Floats
    label: Floats
    own: list[tuple[NDArray[np.float64], Floats, float]]

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        label: Floats,
        features: tuple[FeatureSpec, ...],
        rules: Sequence[Rule],
        assumed_rate: float,
    ) -> Design:
        prior = rules_scorer(frame, label, features, rules, assumed_rate)
        met = rules_met(frame, rules) - np.array(prior.rule_means)
        own = [_own_columns(column_of(frame, spec.name), spec) for spec in features]
        points = met @ np.array(prior.rule_weights)
        X = np.column_stack([np.ones(len(frame)), points, met, *[columns for columns, _, _ in own]])
        return cls(features, prior, X, label, own)

    def coefficients(self, deviation: float) -> Floats:
        """The most probable coefficients if a correction's prior standard deviation is the given one."""
        return self.posterior(deviation)[0].coef

    def posterior(self, deviation: float, start: Floats | None = None) -> tuple[Posterior, float]:
        """The same with its curvature, and the log evidence for the deviation in Laplace's approximation (MacKay 1992)."""
        width = self.X.shape[1]
        mean, precision = np.zeros(width), np.full(width, deviation**-2.0)
        mean[:2] = self.prior.intercept, 1.0
        precision[:2] = RATE_DEVIATION**-2.0, TRUST_DEVIATION**-2.0
        found = logistic_map(self.X, self.label, prior_mean=mean, prior_precision=precision, start=start)
        evidence = found.log_density + 0.5 * (np.log(precision).sum() - np.linalg.slogdet(found.precision)[1])
        return found, float(evidence)

    def scorer(self, coef: Floats) -> LinearScorer:
        """The model of these coefficients, not yet calibrated."""
        (intercept, trust), rest = coef[:2], coef[2:]
        n_rules = len(self.prior.rules)
        widths = [columns.shape[1] for columns, _, _ in self.own]
        own_coef = np.split(rest[n_rules:], np.cumsum(widths)[:-1]) if widths else []
        return LinearScorer(
            self.features,
            float(intercept),
            self.prior.rules,
            tuple(map(float, trust * np.array(self.prior.rule_weights) + rest[:n_rules])),
            self.prior.rule_means,
            tuple(tuple(map(float, c / scale)) for c, (_, _, scale) in zip(own_coef, self.own, strict=True)),
            tuple(tuple(map(float, centre)) for _, centre, _ in self.own),
        )


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
