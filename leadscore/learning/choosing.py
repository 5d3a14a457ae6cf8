"""What training may be told to do otherwise, each way judged on the same held-out time and accounts.

A backtest here is boosting's own: every fold predicts rows newer than its training, of other accounts. It takes a bounded
number of rows, and trees alone, as only differences count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from leadscore.errors import LeadscoreError
from leadscore.learning import imbalance
from leadscore.learning.boosting import DEPTHS, cross_fit, defaults_for
from leadscore.learning.calibration import calibrate, fit_calibration
from leadscore.learning.encoding import FeatureSpec, Table, as_frame, learn_features
from leadscore.learning.metrics import all_metrics
from leadscore.learning.model import BOOSTING
from leadscore.learning.newton import Floats
from leadscore.learning.splits import Fold, owners, stable_hash
from leadscore.learning.training import binary_label, choose_mode, honest_folds
from leadscore.learning.training_table import TrainingTable

MAX_FOLDS = 2
# A sample for comparing holds so many rows that converted, or all there are.
ENOUGH_CONVERSIONS = 200
FIGURES = ["log_loss", "pr_auc", "roc_auc", "calibration_slope", "calibration_intercept"]
# What tuning may try: the least, the most, and whether steps are those of a logarithm.
SPACE: dict[str, tuple[float, float, bool]] = {
    "max_depth": (2, 8, False),
    "eta": (0.02, 0.2, True),
    "min_child_weight": (0.5, 20.0, True),
    "subsample": (0.5, 1.0, False),
    "colsample_bynode": (0.2, 1.0, False),
    "reg_lambda": (0.5, 20.0, True),
}


@dataclass(frozen=True)
class Backtest:
    """Rows and folds on which ways to train boosting are judged; no folds where the data do not carry boosting.

    feature_weights: how much likelier than others a feature is to be considered, as training will have it.
    """

    frame: pd.DataFrame
    label: Floats
    features: tuple[FeatureSpec, ...]
    owner: NDArray[np.object_]
    folds: Sequence[Fold]
    seed: int
    nthread: int
    feature_weights: Mapping[str, float] | None = None

    @classmethod
    def of(
        cls,
        features: Table,
        label: Any,
        as_of: Any,
        account: Any,
        lead: Any,
        horizon_days: int = 90,
        *,
        max_rows: int = 10_000,
        seed: int = 0,
        nthread: int = 2,
        feature_weights: Mapping[str, float] | None = None,
    ) -> Backtest:
        """The backtest of a table of training; of more rows than ``max_rows`` all rows of some leads, by hash: of so many
        more that conversions suffice to carry boosting."""
        frame, y = as_frame(features), binary_label(label, len(features))
        kept = np.ones(len(y), dtype=bool)
        share = max(max_rows / len(y), ENOUGH_CONVERSIONS / max(y.sum(), 1)) if len(y) else 1.0
        if share < 1:
            kept = stable_hash(lead, seed) < np.uint64(int(share * 2**64))
        as_of, account, lead = (np.asarray(key, dtype=object)[kept] for key in (as_of, account, lead))
        frame, y = frame[kept].reset_index(drop=True), y[kept]
        boosts = len(np.unique(y)) == 2 and choose_mode(y, lead) == BOOSTING
        folds = honest_folds(y, as_of, account, lead, horizon_days, 4, seed)[:MAX_FOLDS] if boosts else []
        owner = owners(account, lead, len(y))
        return cls(frame, y, learn_features(frame), owner, folds, seed, nthread, feature_weights)

    @property
    def defaults(self) -> dict[str, Any]:
        """The parameters of boosting that are tried first, the depth among them."""
        return {**defaults_for(self.label, self.feature_weights), "max_depth": DEPTHS[0]}

    def judge(self, way: str = imbalance.NONE, **params: Any) -> dict[str, float]:
        """The FIGURES on the held-out rows, n_rounds, n_rows and n_positive.

        Log loss is that of calibrated probabilities; slope and intercept are those before, with the base rate moved back.
        """
        table = TrainingTable.of(self.frame, self.features, self.owner, self.seed, way, self.feature_weights)
        settings = {**self.defaults, **params, "seed": self.seed, "nthread": self.nthread}
        n_rounds, margin, _ = cross_fit(table, self.label, self.folds, settings)
        known = ~np.isnan(margin)
        margin, label = margin[known], self.label[known]
        calibrated = calibrate(margin, fit_calibration(margin, label))
        before, after = (all_metrics(label, expit(values)) for values in (margin, calibrated))
        figures = {name: (before if name.startswith("calibration") else after)[name] for name in FIGURES}
        return {**figures, "n_rounds": n_rounds, "n_rows": len(label), "n_positive": int(label.sum())}


def compare_imbalance(backtest: Backtest, ways: Sequence[str] = imbalance.WAYS) -> pd.DataFrame:
    """The ways to treat rare conversions, a row each: class_imbalance, FIGURES, n_rounds, n_rows, n_positive, is_chosen.

    Without folds there are no rows. Another way than none is chosen only if both its log loss and its PR-AUC are better:
    what is simplest and calibrated by nature stays unless something beats it.
    """
    found = pd.DataFrame([{"class_imbalance": way, **backtest.judge(way)} for way in ways if backtest.folds])
    columns = ["class_imbalance", *FIGURES, "n_rounds", "n_rows", "n_positive", "is_chosen"]
    if not len(found):
        return pd.DataFrame(columns=columns)
    chosen = found["class_imbalance"].iloc[0]
    plain = found[found["class_imbalance"] == imbalance.NONE]
    if len(plain):
        better = (found["log_loss"] < plain["log_loss"].iloc[0]) & (found["pr_auc"] > plain["pr_auc"].iloc[0])
        best = found[better].sort_values("log_loss")["class_imbalance"]
        chosen = best.iloc[0] if len(best) else imbalance.NONE
    return found.assign(is_chosen=found["class_imbalance"] == chosen)[columns]


def tune(
    backtest: Backtest, n_trials: int, minutes: float | None = None, way: str = imbalance.NONE, seed: int = 0
) -> pd.DataFrame:
    """Trials of XGBoost's parameters by Optuna's TPE, a row each: trial, SPACE, FIGURES, n_rounds, is_chosen.

    The first trial is the defaults, and the one with the best log loss is chosen. The same seed gives the same trials;
    ``minutes`` only ends them sooner. Without folds there are no rows.
    """
    columns = ["trial", *SPACE, *FIGURES, "n_rounds", "n_rows", "n_positive", "is_chosen"]
    if not n_trials or not backtest.folds:
        return pd.DataFrame(columns=columns)
    try:
        import optuna
    except ImportError:
        raise LeadscoreError(
            "Tuning needs the package optuna, which is not installed. Install it (pip install 'leadscore[tuning]'; on "
            "Snowflake name it under +packages of int_learning__tuning_trials in dbt_project.yml), or set tuning_trials to 0."
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    rows: list[dict[str, Any]] = []

    def log_loss(trial: optuna.Trial) -> float:
        params = _suggested(trial)
        figures = backtest.judge(way, **params)
        rows.append({"trial": trial.number, **params, **figures})
        return figures["log_loss"]

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial({name: value for name, value in backtest.defaults.items() if name in SPACE})
    study.optimize(log_loss, n_trials=n_trials, timeout=None if minutes is None else 60.0 * minutes)
    found = pd.DataFrame(rows)
    return found.assign(is_chosen=found["trial"] == found["log_loss"].idxmin())[columns]


def _suggested(trial: Any) -> dict[str, Any]:
    """A trial's parameters, rounded so that the table tells all of them."""
    params: dict[str, Any] = {}
    for name, (least, most, logarithmic) in SPACE.items():
        if isinstance(least, int):
            params[name] = trial.suggest_int(name, least, int(most))
        else:
            params[name] = trial.suggest_float(name, least, most, log=logarithmic)
    return params


def family_weights(text: str, families: Mapping[str, str]) -> dict[str, float]:
    """Weight of each feature, from a text such as ``behaviour=2, fit=0.5`` and feature -> family; 1 is left out.

    LeadscoreError for a family that does not exist.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        family, _, weight = (word.strip() for word in part.partition("="))
        if family not in families.values():
            known = ", ".join(sorted(set(families.values())))
            raise LeadscoreError(
                f"feature_family_weights names the family '{family}', which does not exist; there are {known}."
            )
        weights[family] = float(weight)
    return {feature: weights[family] for feature, family in families.items() if weights.get(family, 1.0) != 1.0}
