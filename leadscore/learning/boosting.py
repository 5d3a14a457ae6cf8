"""Gradient boosting with XGBoost, tuned for rare events in noisy tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray

from leadscore import treeshap
from leadscore.learning.calibration import base_log_odds
from leadscore.learning.encoding import FeatureSpec, column_of, encode, xgboost_types
from leadscore.learning.level_rates import MIN_LEVELS, N_PARTS, LevelRates, Levels
from leadscore.learning.newton import Floats
from leadscore.learning.splits import Fold, fold_of

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
MAX_ROUNDS = 1_500
PATIENCE = 50
# When nothing can be held out, so many rounds neither starve nor stuff the model.
UNTESTED_ROUNDS = 120
# For a matrix of fewer cells, waking a second thread costs more than it brings.
CELLS_FOR_THREADS = 200_000
FEW_ROWS = 20_000


@dataclass(frozen=True)
class BoostedScorer:
    """A booster and the features it reads; a category that has ``rates`` is read as the rate of its level."""

    features: tuple[FeatureSpec, ...]
    booster: xgb.Booster
    rates: tuple[LevelRates, ...] = ()

    @cached_property
    def _explainer(self) -> treeshap.Explainer:
        return treeshap.Explainer(self.booster)

    def margins(self, frame: pd.DataFrame) -> Floats:
        """Raw log-odds (n,)."""
        return self._margins_of(self._matrix(frame))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Raw log-odds split by feature (n, f + 1), base value last; each row sums to its margin.

        TreeSHAP and the booster add float32 leaves in different orders. The gap, some 1e-6, is spread over the
        contributions by their size, so that the score never depends on how it was explained.
        """
        matrix = self._matrix(frame)
        parts = self._explainer.contributions(matrix)
        return close_gap(parts, self._margins_of(matrix))

    def shifts(self, frame: pd.DataFrame, changes: Iterable[Mapping[str, Floats]]) -> Iterator[Floats]:
        """By how much each change of numeric columns moves the raw log-odds, (n,) each; the rest is encoded once.

        A change gives new values (n,) to some of the columns; what the trees do not ask for is left aside.
        """
        matrix = self._matrix(frame)
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

    def _matrix(self, frame: pd.DataFrame) -> NDArray[np.float32]:
        matrix = encode(frame, self.features)
        place = {spec.name: position for position, spec in enumerate(self.features)}
        for rates in self.rates:
            matrix[:, place[rates.name]] = rates.of(column_of(frame, rates.name))
        return matrix

    def _margins_of(self, matrix: NDArray[np.float32]) -> Floats:
        if not len(matrix):
            return np.zeros(0)
        return np.asarray(self.booster.inplace_predict(matrix, predict_type="margin"), dtype=np.float64)

    def to_dict(self) -> dict[str, Any]:
        return {"booster": json.loads(self.booster.save_raw("json")), "rates": [asdict(rates) for rates in self.rates]}

    @classmethod
    def from_dict(cls, features: tuple[FeatureSpec, ...], stored: dict[str, Any]) -> BoostedScorer:
        booster = xgb.Booster()
        booster.load_model(bytearray(json.dumps(stored["booster"]), "utf-8"))
        rates = [
            LevelRates(**{**known, "levels": tuple(known["levels"]), "rates": tuple(known["rates"])})
            for known in stored.get("rates", [])
        ]
        return cls(features, booster, tuple(rates))


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
    owner: NDArray[np.object_],
    *,
    seed: int,
    nthread: int,
    max_rounds: int = MAX_ROUNDS,
    members: int | None = None,
    **params: Any,
) -> tuple[BoostedScorer, Floats, dict[str, Any]]:
    """A booster on all rows, the margins (n,) of rows while they were held out, and what was decided on the way.

    Each fold stops when its held-out log loss has not improved for ``PATIENCE`` rounds; the median of the best rounds
    trains the final booster. Margins of held-out rows are taken at that round, and are NaN for rows no fold held out. A
    booster's margins start from the log-odds of its own training rows, so they are moved to where the final booster's
    start: otherwise a base rate that changed over time would be counted twice. ``owner`` (n,) says whose a row is: rates
    of levels are learnt from other owners' rows.
    """
    table = TrainingTable.of(frame, features, owner, seed)
    settings = {
        **DEFAULTS,
        **params,
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "seed": seed,
        "nthread": nthread if table.matrix.size >= CELLS_FOR_THREADS else 1,
    }
    all_rows = np.ones(len(label), dtype=bool)
    matrix = table.fitted(all_rows, label)
    # Folds share the bins of all rows, which know nothing of any label but through rates of many levels.
    everything = table.data(matrix, label, settings)
    held_out = np.full(len(label), np.nan)
    tested: list[tuple[xgb.Booster, NDArray[np.float32], NDArray[np.bool_], float]] = []
    start = base_log_odds(label)
    for fit, out in folds:
        if len(np.unique(label[fit])) < 2 or len(np.unique(label[out])) < 2:
            continue
        unknown = table.unknown(fit, out, label)
        train = table.data(table.fitted(fit, label), label[fit], settings, everything)
        booster = xgb.train(
            settings,
            train,
            max_rounds,
            evals=[(table.data(unknown, label[out], settings, train), "held_out")],
            early_stopping_rounds=PATIENCE,
            verbose_eval=False,
        )
        tested.append((booster, unknown, out, start - base_log_odds(label[fit])))
    best = [booster.best_iteration + 1 for booster, *_ in tested]
    n_rounds = int(np.median(best)) if best else min(UNTESTED_ROUNDS, max_rounds)
    for booster, unknown, out, moved in tested:
        until = (0, min(n_rounds, booster.num_boosted_rounds()))
        held_out[out] = booster.inplace_predict(unknown, iteration_range=until, predict_type="margin") + moved

    n_members = members if members is not None else members_for(len(label))
    boosters = []
    for member in range(n_members):
        if member and table.rated:
            # Another draw of the parts in which rates are learnt.
            everything = table.data(table.fitted(all_rows, label, member), label, settings)
        boosters.append(xgb.train({**settings, "seed": seed + member}, everything, n_rounds))
    booster = average(boosters)
    booster.feature_names = _names(features)
    decided = {**settings, "n_rounds": n_rounds, "n_folds": len(tested), "n_members": n_members}
    return BoostedScorer(features, booster, table.rates(all_rows, label)), held_out, decided


def members_for(n_rows: int) -> int:
    """How many boosters share the work: chance has a large part in the trees of few rows, and averaging takes it out."""
    return 4 if n_rows <= FEW_ROWS else 1


def average(boosters: Sequence[xgb.Booster]) -> xgb.Booster:
    """One booster with the mean margin of several that start from the same base score: all trees, smaller leaves."""
    stored = json.loads(boosters[0].save_raw("json"))
    model = stored["learner"]["gradient_booster"]["model"]
    others = [json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"] for booster in boosters[1:]]
    model["trees"] += [tree for other in others for tree in other["trees"]]
    n_trees = len(model["trees"])
    for number, tree in enumerate(model["trees"]):
        tree["id"] = number
        leaf = np.array(tree["left_children"]) < 0
        for name in ("split_conditions", "base_weights"):
            values = np.array(tree[name], dtype=np.float32)
            # The threshold of a split stays.
            scaled = leaf if name == "split_conditions" else np.ones_like(leaf)
            tree[name] = np.where(scaled, values / np.float32(len(boosters)), values).tolist()
    model["tree_info"] = [0] * n_trees
    model["iteration_indptr"] = list(range(n_trees + 1))
    model["gbtree_model_param"]["num_trees"] = str(n_trees)
    averaged = xgb.Booster()
    averaged.load_model(bytearray(json.dumps(stored), "utf-8"))
    return averaged


@dataclass(frozen=True)
class TrainingTable:
    """The rows of training (n, f), with what is needed to tell each of them the rates of its levels among other rows."""

    matrix: NDArray[np.float32]
    types: list[str]
    rated: dict[int, Levels]
    owner: NDArray[np.object_]
    seed: int

    @classmethod
    def of(
        cls, frame: pd.DataFrame, features: Sequence[FeatureSpec], owner: NDArray[np.object_], seed: int
    ) -> TrainingTable:
        types = xgboost_types(features)
        rated = {}
        for place, spec in enumerate(features):
            if spec.kind == "categorical" and len(spec.levels) >= MIN_LEVELS:
                rated[place], types[place] = Levels.of(column_of(frame, spec.name), spec.name), "q"
        return cls(encode(frame, features), types, rated, owner, seed)

    def fitted(self, rows: NDArray[np.bool_], label: Floats, draw: int = 0) -> NDArray[np.float32]:
        """The matrix of rows to train on: each is told the rates among the others."""
        matrix = self.matrix[rows]
        if not self.rated:
            return matrix
        part = fold_of(self.owner, N_PARTS, self.seed + draw)
        for place, levels in self.rated.items():
            matrix[:, place] = levels.out_of_part(rows, label, part)
        return matrix

    def unknown(self, fit: NDArray[np.bool_], rows: NDArray[np.bool_], label: Floats) -> NDArray[np.float32]:
        """The matrix of held-out rows, told the rates among the fitted ones."""
        matrix = self.matrix[rows]
        for place, levels in self.rated.items():
            matrix[:, place] = levels.rates_among(fit, label)[levels.codes[rows]]
        return matrix

    def rates(self, rows: NDArray[np.bool_], label: Floats) -> tuple[LevelRates, ...]:
        return tuple(levels.learn(rows, label) for levels in self.rated.values())

    def data(
        self,
        matrix: NDArray[np.float32],
        label: Floats,
        settings: Mapping[str, Any],
        ref: xgb.DMatrix | None = None,
    ) -> xgb.QuantileDMatrix:
        """What XGBoost trains on, without names, which it would read anew in every round."""
        return xgb.QuantileDMatrix(
            matrix,
            label,
            feature_types=self.types,
            enable_categorical=True,
            max_bin=settings["max_bin"],
            nthread=settings["nthread"],
            ref=ref,
        )


def _names(features: Sequence[FeatureSpec]) -> list[str] | None:
    """The features' names for the booster, none if XGBoost would not take one of them."""
    names = [spec.name for spec in features]
    return None if any(set(name) & set("[]<") for name in names) else names
