"""A trained model, whatever its kind: probabilities, calibrated log-odds and contributions that add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit

from leadscore.learning.blending import BlendedScorer
from leadscore.learning.boosting import BoostedScorer
from leadscore.learning.calibration import Calibration, calibrate
from leadscore.learning.encoding import FeatureSpec, Table, as_frame
from leadscore.learning.hybrid import LinearScorer
from leadscore.learning.newton import Floats

RULES, HYBRID, BOOSTING = "rules", "hybrid", "gradient_boosting"
MODES = (RULES, HYBRID, BOOSTING)


@dataclass(frozen=True)
class LeadModel:
    """Scores any table that has the model's features, found by name; LeadscoreError if one is missing.

    ``params`` records how it was trained and is part of the artifact.
    """

    mode: str
    features: tuple[FeatureSpec, ...]
    scorer: LinearScorer | BoostedScorer | BlendedScorer
    calibration: Calibration
    horizon_days: int
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def feature_names(self) -> list[str]:
        return [spec.name for spec in self.features]

    def margins(self, features: Table) -> Floats:
        """Calibrated log-odds (n,)."""
        return calibrate(self.scorer.margins(as_frame(features)), self.calibration)

    def predict_proba(self, features: Table) -> Floats:
        """Probabilities (n, 2) of not converting and of converting within the horizon."""
        margin = self.margins(features)
        return np.column_stack([expit(-margin), expit(margin)])

    def shifts(self, features: Table, changes: Iterable[Mapping[str, Floats]]) -> Iterator[Floats]:
        """By how much each change moves the calibrated log-odds, (n,) each, in turn.

        A change gives new values (n,) to some numeric columns. The result is the difference of `margins` up
        to float64's rounding, at less cost: what does not change is read once.
        """
        for shift in self.scorer.shifts(as_frame(features), changes):
            yield self.calibration.slope * shift

    def contributions(self, features: Table) -> Floats:
        """Calibrated log-odds split by feature (n, f + 1), base value last; each row sums to its margin."""
        return calibrate(self.scorer.contributions(as_frame(features)), self.calibration)
