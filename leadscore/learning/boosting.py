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
from scipy.special import expit, logit

from leadscore import treeshap
from leadscore.learning.calibration import base_log_odds
from leadscore.learning.encoding import FeatureSpec, column_of, encode
from leadscore.learning.imbalance import NONE
from leadscore.learning.level_rates import LevelRates
from leadscore.learning.newton import Floats
from leadscore.learning.splits import Fold
from leadscore.learning.training_table import TrainingTable

# Slow steps and small leaves held back: with two conversions in a hundred most of what a tree finds is luck.
DEFAULTS: dict[str, Any] = {
    "eta": 0.05,
    "min_child_weight": 0.5,
    "subsample": 0.8,
    "colsample_bynode": 0.5,
    "reg_lambda": 1.0,
    "max_cat_to_onehot": 4,
    "max_cat_threshold": 16,
    "max_bin": 128,
}
# With many of both classes there is less luck to average out: every column may speak at every split. Many is a twentieth of
# the rows, within these limits.
MANY_OF_BOTH = (3_000, 10_000)
DEFAULTS_OF_MANY: dict[str, Any] = {**DEFAULTS, "eta": 0.08, "subsample": 0.9, "colsample_bynode": 1.0}
# Shallow and deeper trees are averaged, as nobody knows beforehand how many features decide together.
DEPTHS = (4, 6)
MAX_ROUNDS = 1_500
PATIENCE = 50
# When nothing can be held out, so many rounds neither starve nor stuff the model.
UNTESTED_ROUNDS = 120
# For a matrix of fewer cells, waking a second thread costs more than it brings.
CELLS_FOR_THREADS = 200_000
# Chance has a large part in the trees of few rows; averaging several boosters of each depth takes it out.
FEW_ROWS = 20_000
FEW_ROWS_MEMBERS = 2
_FIXED = {"objective": "binary:logistic", "eval_metric": "logloss", "tree_method": "hist"}


@dataclass(frozen=True)
class BoostedScorer:
    """A booster and the features it reads.

    A category that has ``rates`` is read as the rate of its level, and once more, in a column after the features, as its
    rank; what both contribute is the feature's.
    """

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
        n_features, place = len(self.features), self._place
        for number, rates in enumerate(self.rates):
            parts[:, place[rates.name]] += parts[:, n_features + number]
        own = parts[:, [*range(n_features), -1]] if self.rates else parts
        return close_gap(own, self._margins_of(matrix))

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
        return [int(place) for place in np.unique(trees.feature[trees.left >= 0]) if place < len(self.features)]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {spec.name: position for position, spec in enumerate(self.features)}

    def _matrix(self, frame: pd.DataFrame) -> NDArray[np.float32]:
        matrix = encode(frame, self.features)
        if not self.rates:
            return matrix
        ranks = []
        for rates in self.rates:
            column = column_of(frame, rates.name)
            matrix[:, self._place[rates.name]] = rates.of(column)
            ranks.append(rates.ranks(column))
        return np.hstack([matrix, np.column_stack(ranks).astype(np.float32)])

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
    max_depth: int | None = None,
    class_imbalance: str = NONE,
    feature_weights: Mapping[str, float] | None = None,
    weight: Floats | None = None,
    **params: Any,
) -> tuple[BoostedScorer, Floats, dict[str, Any]]:
    """A booster on all rows, the margins (n,) of rows while they were held out, and what was decided on the way.

    It is the mean of ``members`` boosters of each of the DEPTHS, or of ``max_depth`` alone.

    ``owner`` (n,) says whose a row is: rates of levels are learnt from other owners' rows. ``class_imbalance`` is a way
    of ``imbalance``; its shift of the base rate is taken back. ``feature_weights`` say how much likelier than others a
    feature is to be among those a node may split on. ``weight`` (n,) is what a row counts in training.
    """
    table = TrainingTable.of(frame, features, owner, seed, class_imbalance, feature_weights, weight)
    settings = {
        **defaults_for(label, feature_weights),
        **params,
        "seed": seed,
        "nthread": nthread if table.size >= CELLS_FOR_THREADS else 1,
    }
    n_members = members or (FEW_ROWS_MEMBERS if len(label) <= FEW_ROWS else 1)
    depths = DEPTHS if max_depth is None else (max_depth,)
    all_rows = np.ones(len(label), dtype=bool)
    n_rounds, margins, boosters = {}, [], []
    for depth in depths:
        of_depth = {**settings, "max_depth": depth}
        n_rounds[depth], margin, n_folds = cross_fit(table, label, folds, of_depth, max_rounds)
        margins.append(margin)
        for member in range(n_members):
            train, start = table.to_fit(all_rows, label, settings, member)
            boosters.append(xgb.train({**_FIXED, **of_depth, "seed": seed + member}, train, n_rounds[depth]))
    booster = average(boosters, base_log_odds(label) - start)
    booster.feature_names = _names(
        [spec.name for spec in features] + [f"{rated.name} (rank)" for rated in table.rated.values()]
    )
    decided = {
        **settings,
        "n_rounds": {str(depth): rounds for depth, rounds in n_rounds.items()},
        "n_folds": n_folds,
        "n_members": n_members,
        "class_imbalance": class_imbalance,
    }
    return BoostedScorer(features, booster, table.rates(label)), np.mean(margins, axis=0), decided


def defaults_for(label: Floats, feature_weights: Mapping[str, float] | None = None) -> dict[str, Any]:
    """XGBoost's parameters for labels (n,), where nothing else is asked for.

    Weights of features choose among columns, so with them not every column may speak.
    """
    fewer = min(int(label.sum()), int(len(label) - label.sum()))
    return DEFAULTS if fewer < np.clip(len(label) / 20, *MANY_OF_BOTH) or feature_weights else DEFAULTS_OF_MANY


def cross_fit(
    table: TrainingTable, label: Floats, folds: Sequence[Fold], settings: dict[str, Any], max_rounds: int = MAX_ROUNDS
) -> tuple[int, Floats, int]:
    """How many rounds pay on held-out rows, the margins (n,) there, NaN in rows no fold held out, and the number of folds.

    Each fold stops when its held-out log loss has not improved for ``PATIENCE`` rounds; the number of rounds is the one
    with the least held-out log loss of all folds together. A booster's margins start from the log-odds of its own
    training rows, so they are moved to those of all rows: otherwise a base rate that changed over time would be counted
    twice.
    """
    tested: list[tuple[xgb.Booster, NDArray[np.float32], NDArray[np.bool_], float]] = []
    curves: list[Floats] = []
    for fit, out in folds:
        if len(np.unique(label[fit])) < 2 or len(np.unique(label[out])) < 2:
            continue
        train, start = table.to_fit(fit, label, settings)
        unknown = table.unknown(fit, out, label)
        # Judged at the base rate of the rows to fit, whatever was done to it.
        judged = table.data(unknown, label[out], settings, train, base_margin=base_log_odds(label[fit]))
        curve: dict[str, dict[str, list[float]]] = {}
        booster = xgb.train(
            {**_FIXED, **settings},
            train,
            max_rounds,
            evals=[(judged, "held_out")],
            evals_result=curve,
            early_stopping_rounds=PATIENCE,
            verbose_eval=False,
        )
        tested.append((booster, unknown, out, base_log_odds(label) - start))
        curves.append(np.array(curve["held_out"]["logloss"]) * out.sum())
    n_rounds = min(UNTESTED_ROUNDS, max_rounds)
    if curves:
        shortest = min(map(len, curves))
        n_rounds = int(np.argmin(np.sum([curve[:shortest] for curve in curves], axis=0))) + 1
    held_out = np.full(len(label), np.nan)
    for booster, unknown, out, moved in tested:
        held_out[out] = booster.inplace_predict(unknown, iteration_range=(0, n_rounds), predict_type="margin") + moved
    return n_rounds, held_out, len(tested)


def average(boosters: Sequence[xgb.Booster], shift: float = 0.0) -> xgb.Booster:
    """One booster with the mean margin of several that start from the same base score, moved by ``shift``.

    It has all their trees, with leaves as many times smaller as there are boosters.
    """
    if len(boosters) == 1 and not shift:
        return boosters[0]
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
    base = stored["learner"]["learner_model_param"]
    if shift:
        start = logit(float(json.loads(base["base_score"])[0]))
        base["base_score"] = f"[{float(expit(start + shift))!r}]"
    averaged = xgb.Booster()
    averaged.load_model(bytearray(json.dumps(stored), "utf-8"))
    return averaged


def _names(names: list[str]) -> list[str] | None:
    """The columns' names for the booster, none if XGBoost would not take one of them."""
    wrong = len(set(names)) < len(names) or any(set(name) & set("[]<") for name in names)
    return None if wrong else names
