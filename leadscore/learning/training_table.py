"""The rows a booster is trained on, fold by fold: what each may know of the others, and how rare ones are treated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray

from leadscore.learning.encoding import FeatureSpec, column_of, encode, xgboost_types
from leadscore.learning.imbalance import NONE, rebalanced
from leadscore.learning.level_rates import MIN_LEVELS, N_PARTS, LevelRates, Levels
from leadscore.learning.newton import Floats
from leadscore.learning.splits import fold_of

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TrainingTable:
    """All rows as the booster reads them, but for the rates of many levels, which depend on who may know whom.

    The columns are the features (f), then the ranks of those that have rates. weight: (n,) what a row counts, all alike if
    none.
    """

    matrix: NDArray[np.float32]
    types: list[str]
    rated: dict[int, Levels]
    owner: NDArray[np.object_]
    seed: int
    class_imbalance: str
    feature_weights: Floats | None
    weight: Floats | None = None

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        features: Sequence[FeatureSpec],
        owner: NDArray[np.object_],
        seed: int,
        class_imbalance: str = NONE,
        feature_weights: Mapping[str, float] | None = None,
        weight: Floats | None = None,
    ) -> TrainingTable:
        types = xgboost_types(features)
        rated = {}
        for place, spec in enumerate(features):
            if spec.kind == "categorical" and len(spec.levels) >= MIN_LEVELS:
                rated[place], types[place] = Levels.of(column_of(frame, spec.name), spec.name), "q"
        matrix = encode(frame, features)
        if rated:
            ranks = np.column_stack([levels.ranks for levels in rated.values()])
            matrix = np.hstack([matrix, ranks.astype(np.float32)])
        weights = None
        if feature_weights:
            names = [spec.name for spec in features] + [levels.name for levels in rated.values()]
            weights = np.array([float(feature_weights.get(name, 1.0)) for name in names])
        return cls(matrix, types + ["q"] * len(rated), rated, owner, seed, class_imbalance, weights, weight)

    @property
    def size(self) -> int:
        """The number of cells."""
        return self.matrix.size

    def to_fit(
        self, rows: Mask, label: Floats, settings: Mapping[str, Any], draw: int = 0
    ) -> tuple[xgb.QuantileDMatrix, float]:
        """Some rows to train on, each told the rates among the others, and the log-odds that a booster starts from.

        ``draw`` chooses the parts in which rates are learnt, and what chance the treatment of rare rows needs.
        """
        matrix = self.matrix[rows]
        part = fold_of(self.owner, N_PARTS, self.seed + draw) if self.rated else np.empty(0, dtype=np.int64)
        for place, levels in self.rated.items():
            matrix[:, place] = levels.out_of_part(rows, label, part)
        # As many in all as there are rows, or what holds leaves back would hold back more.
        weight = None if self.weight is None else self.weight[rows] / self.weight[rows].mean()
        sample = rebalanced(matrix, label[rows], self.types, self.class_imbalance, self.seed + draw, weight)
        return self.data(sample.matrix, sample.label, settings, weight=sample.weight), sample.log_odds

    def unknown(self, fit: Mask, rows: Mask, label: Floats) -> NDArray[np.float32]:
        """The matrix of held-out rows, told the rates among the fitted ones."""
        matrix = self.matrix[rows]
        for place, levels in self.rated.items():
            matrix[:, place] = levels.rates_among(fit, label)[levels.codes[rows]]
        return matrix

    def rates(self, label: Floats) -> tuple[LevelRates, ...]:
        """The rates that rows to score are told: those among all rows."""
        return tuple(levels.learn(slice(None), label) for levels in self.rated.values())

    def data(
        self,
        matrix: NDArray[np.float32],
        label: Floats,
        settings: Mapping[str, Any],
        ref: xgb.DMatrix | None = None,
        weight: Floats | None = None,
        base_margin: float | None = None,
    ) -> xgb.QuantileDMatrix:
        """What XGBoost reads, without names, which it would read anew in every round."""
        return xgb.QuantileDMatrix(
            matrix,
            label,
            weight=weight,
            base_margin=None if base_margin is None else np.full(len(label), base_margin),
            feature_types=self.types,
            feature_weights=self.feature_weights if ref is None else None,
            enable_categorical=True,
            max_bin=settings["max_bin"],
            nthread=settings["nthread"],
            ref=ref,
        )
