"""Gradient boosting with XGBoost, tuned for rare events in noisy tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray

from leadscore import treeshap
from leadscore.learning.calibration import Calibration, base_log_odds, fit_calibration
from leadscore.learning.encoding import FeatureSpec, encode, xgboost_types
from leadscore.learning.newton import Floats
from leadscore.learning.splits import Fold

# Shallow trees and slow steps: with two conversions in a hundred most of what a deep tree finds is luck.
DEFAULTS: dict[str, Any] = {
    "max_depth": 4,
    "eta": 0.05,
    "min_child_weight": 2.0,
    "subsample": 0.8,
    "colsample_bynode": 0.5,
    "reg_lambda": 5.0,
    "max_cat_to_onehot": 4,
    "max_cat_threshold": 16,
    "max_bin": 128,
}
MAX_ROUNDS = 400
PATIENCE = 30
# When nothing can be held out, a third of the limit neither starves nor stuffs the model.
UNTESTED_ROUNDS = 120


@dataclass(frozen=True)
class BoostedScorer:
    """A booster and the features it reads."""

    features: tuple[FeatureSpec, ...]
    booster: xgb.Booster

    @cached_property
    def _explainer(self) -> treeshap.Explainer:
        return treeshap.Explainer(self.booster)

    def margins(self, frame: pd.DataFrame) -> Floats:
        """Raw log-odds (n,)."""
        return self._margins_of(encode(frame, self.features))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Raw log-odds split by feature (n, f + 1), base value last; each row sums to its margin.

        TreeSHAP and the booster add float32 leaves in different orders. The gap, some 1e-6, is spread over the
        contributions by their size, so that the score never depends on how it was explained.
        """
        matrix = encode(frame, self.features)
        parts = self._explainer.contributions(matrix)
        return close_gap(parts, self._margins_of(matrix))

    def shifts(self, frame: pd.DataFrame, changes: Iterable[Mapping[str, Floats]]) -> Iterator[Floats]:
        """By how much each change of numeric columns moves the raw log-odds, (n,) each; the rest is encoded once.

        A change gives new values (n,) to some of the columns; what the trees do not ask for is left aside.
        """
        matrix = encode(frame, self.features)
        now = self._margins_of(matrix)
        for change in changes:
            places = [place for place in self._asked if self.features[place].name in change]
            specs = [self.features[place] for place in places]
            if not places:
                yield np.zeros(len(frame))
                continue
            kept = matrix[:, places]
            matrix[:, places] = encode(pd.DataFrame({spec.name: change[spec.name] for spec in specs}), specs)
            yield self._margins_of(matrix) - now
            matrix[:, places] = kept

    @cached_property
    def _asked(self) -> list[int]:
        """Positions of the features that a tree splits on."""
        trees = self._explainer.trees
        return [int(place) for place in np.unique(trees.feature[trees.left >= 0])]

    def _margins_of(self, matrix: NDArray[np.float32]) -> Floats:
        if not len(matrix):
            return np.zeros(0)
        return np.asarray(self.booster.inplace_predict(matrix, predict_type="margin"), dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        return {"booster": json.loads(self.booster.save_raw("json"))}

    @classmethod
    def from_dict(cls, features: tuple[FeatureSpec, ...], stored: dict[str, Any]) -> BoostedScorer:
        booster = xgb.Booster()
        booster.load_model(bytearray(json.dumps(stored["booster"]), "utf-8"))
        return cls(features, booster)


def close_gap(parts: Floats, margin: Floats) -> Floats:
    """The contributions (n, f + 1) moved by rounding errors only, so that each row sums to its margin (n,)."""
    size = np.abs(parts[:, :-1])
    total = size.sum(axis=1)
    share = np.divide(size, total[:, None], out=np.zeros_like(size), where=total[:, None] > 0)
    share[total == 0, :1] = 1.0
    parts[:, :-1] += share * (margin - parts.sum(axis=1))[:, None]
    return parts


def fit_boosting(
    frame: pd.DataFrame,
    label: Floats,
    features: tuple[FeatureSpec, ...],
    folds: Sequence[Fold],
    *,
    seed: int,
    nthread: int,
    max_rounds: int = MAX_ROUNDS,
    **params: Any,
) -> tuple[BoostedScorer, Calibration, dict[str, Any]]:
    """A booster on all rows, its calibration, and what was decided on the way.

    Each fold stops when its held-out log loss has not improved for ``PATIENCE`` rounds; the median of the best rounds
    trains the final booster, and the held-out margins at that round, pooled, teach the calibration. A booster's margins
    start from the log-odds of its own training rows, so they are first moved to where the final booster's start:
    otherwise a base rate that changed over time would be counted twice.
    """
    matrix = encode(frame, features)
    settings = {
        **DEFAULTS,
        **params,
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "seed": seed,
        "nthread": nthread,
    }
    types = xgboost_types(features)

    def rows(mask: NDArray[np.bool_] | slice, ref: xgb.DMatrix | None = None) -> xgb.QuantileDMatrix:
        # Without names, which XGBoost would read anew in every round.
        return xgb.QuantileDMatrix(
            matrix[mask],
            label[mask],
            feature_types=types,
            enable_categorical=True,
            max_bin=settings["max_bin"],
            nthread=nthread,
            ref=ref,
        )

    # Folds share the bins of all rows, which know nothing of any label.
    everything = rows(slice(None))
    tested: list[tuple[xgb.Booster, NDArray[np.bool_], float]] = []
    start = base_log_odds(label)
    for fit, held_out in folds:
        if len(np.unique(label[fit])) < 2 or len(np.unique(label[held_out])) < 2:
            continue
        train = rows(fit, everything)
        booster = xgb.train(
            settings,
            train,
            max_rounds,
            evals=[(rows(held_out, train), "held_out")],
            early_stopping_rounds=PATIENCE,
            verbose_eval=False,
        )
        tested.append((booster, held_out, start - base_log_odds(label[fit])))
    best = [booster.best_iteration + 1 for booster, _, _ in tested]
    n_rounds = int(np.median(best)) if best else min(UNTESTED_ROUNDS, max_rounds)

    margins, labels = [np.empty(0)], [np.empty(0)]
    for booster, held_out, moved in tested:
        until = (0, min(n_rounds, booster.num_boosted_rounds()))
        margin = booster.inplace_predict(matrix[held_out], iteration_range=until, predict_type="margin")
        margins.append(margin + moved)
        labels.append(label[held_out])
    calibration = fit_calibration(np.concatenate(margins), np.concatenate(labels))

    booster = xgb.train(settings, everything, n_rounds)
    booster.feature_names = _names(features)
    decided = {**settings, "n_rounds": n_rounds, "n_folds": len(tested)}
    return BoostedScorer(features, booster), calibration, decided


def _names(features: Sequence[FeatureSpec]) -> list[str] | None:
    """The features' names for the booster, none if XGBoost would not take one of them."""
    names = [spec.name for spec in features]
    return None if any(set(name) & set("[]<") for name in names) else names
