"""Fitting: as much model as the data carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError
from leadscore.learning import boosting
from leadscore.learning.blending import BlendedScorer, learn_weights
from leadscore.learning.boosting import BoostedScorer, fit_boosting
from leadscore.learning.calibration import Calibration, base_log_odds, fit_calibration, match_rate
from leadscore.learning.encoding import MAX_LEVELS, Table, as_frame, learn_features
from leadscore.learning.hybrid import LinearScorer, fit_hybrid, fit_linear, rules_scorer, smoothed_rate
from leadscore.learning.imbalance import NONE, WAYS
from leadscore.learning.model import BOOSTING, HYBRID, MODES, RULES, LeadModel
from leadscore.learning.newton import Floats
from leadscore.learning.rules import Rule, read_rules
from leadscore.learning.splits import Fold, account_folds, days, owners, random_folds, time_and_account_folds

# Below the first, only rules; below either of the other two, rules that learn (DOMAIN practice, see choose_mode).
MIN_CONVERSIONS_TO_LEARN = 20
MIN_LEADS_TO_BOOST = 1_000
MIN_CONVERSIONS_TO_BOOST = 50
# Of more rows than these one fold says as much as all of them.
MANY_ROWS = 200_000
FOLDS_OF_MANY = 1
# Trees and a line are blended up to so many rows of the rarer class; with more, the line adds nothing but time.
MAX_RARE_TO_BLEND = 6_000
# How far the corrections of the line may go, for one standard deviation of a feature; the evidence chooses.
LINE_DEVIATIONS = (0.03, 0.12, 0.5)


def fit(
    features: Table,
    label: Any,
    as_of: Any = None,
    account: Any = None,
    rules: pd.DataFrame | Sequence[Rule] | None = None,
    horizon_days: int = 90,
    mode: str = "auto",
    seed: int = 0,
    *,
    lead: Any = None,
    assumed_rate: float = 0.02,
    max_levels: int = MAX_LEVELS,
    n_folds: int = 4,
    max_folds: int | None = None,
    nthread: int = 2,
    class_imbalance: str = NONE,
    feature_weights: Mapping[str, float] | None = None,
    half_life_days: float | None = None,
    **params: Any,
) -> LeadModel:
    """A model of the chance that a row's label is 1.

    features: (n, f) table of numbers and categories; label: (n,) booleans or 0 and 1.
    as_of, account, lead: (n,) moment, company and person of each row. With as_of boosting stops and is calibrated on the
    newest rows of accounts that were held out, with account alone on any of their rows, with neither on random rows. lead
    also makes the counts behind ``auto`` counts of people.
    rules: table of rule points, the prior of the small modes. assumed_rate: the conversion rate before any data.
    mode: rules, hybrid, gradient_boosting, or auto to follow the data. params: of XGBoost, ``max_rounds``, and ``members``, how many
    boosters are averaged.
    class_imbalance: how boosting treats rare conversions: none, class_weights, undersampling or smote. feature_weights: how
    much likelier than 1 a feature is to be considered at a split. half_life_days: after how many days before the newest row a
    row counts half for the trees; none if all count alike.
    Rows whose label is missing, or tables the model could not read again, end in a LeadscoreError.
    """
    frame = as_frame(features)
    y = binary_label(label, len(frame))
    _check_lengths(len(frame), as_of=as_of, account=account, lead=lead)
    unknown = sorted(set(params) - set(boosting.DEFAULTS) - {"max_depth", "max_rounds", "members"})
    if unknown:
        raise LeadscoreError(
            f"fit does not know the parameter '{unknown[0]}'; it takes {', '.join(boosting.DEFAULTS)}, "
            "max_depth, max_rounds and members."
        )
    specs = learn_features(frame, max_levels)
    read = read_rules(rules, [spec.name for spec in specs])
    chosen = choose_mode(y, lead, rules is not None) if mode == "auto" else mode
    if chosen not in MODES:
        raise LeadscoreError(f"The mode '{mode}' does not exist; use auto, {', '.join(MODES)}.")
    if class_imbalance not in WAYS:
        raise LeadscoreError(
            f"The way '{class_imbalance}' to treat rare conversions does not exist; use {', '.join(WAYS)}."
        )
    if len(np.unique(y)) < 2 or not specs:
        # With one class there is nothing to tell apart: the rules, or without rules the base rate, speak alone.
        chosen = RULES

    scorer: LinearScorer | BoostedScorer | BlendedScorer
    calibration = Calibration()
    decided: dict[str, Any] = {}
    if chosen == BOOSTING:
        folds = honest_folds(y, as_of, account, lead, horizon_days, n_folds, seed)
        folds = folds[: max_folds or (len(folds) if len(y) <= MANY_ROWS else FOLDS_OF_MANY)]
        owner = owners(account, lead, len(y))
        folds = with_newest(folds, owner)
        trees, held_out, decided = fit_boosting(
            frame, y, specs, folds, owner,
            seed=seed, nthread=nthread, class_imbalance=class_imbalance, feature_weights=feature_weights,
            weight=recency(as_of, half_life_days), **params,
        )  # fmt: skip
        scorer, calibration, blended = _with_line(frame, y, trees, held_out, read, assumed_rate, folds)
        decided |= blended
        asked = {"half_life_days": half_life_days, "feature_weights": dict(feature_weights or {})}
        decided |= {name: value for name, value in asked.items() if value}
    elif chosen == HYBRID:
        owner = owners(account, lead, len(y))
        scorer, calibration, decided = fit_hybrid(frame, y, specs, read, assumed_rate, owner, seed)
    else:
        scorer = rules_scorer(frame, y, specs, read, assumed_rate)
        calibration = match_rate(scorer.margins(frame), smoothed_rate(y, assumed_rate))
    counts = {"n_rows": len(y), "n_positive": int(y.sum()), "seed": seed, "assumed_rate": assumed_rate}
    return LeadModel(chosen, specs, scorer, calibration, horizon_days, {**counts, **decided})


def _with_line(
    frame: pd.DataFrame,
    label: Floats,
    trees: BoostedScorer,
    held_out: Floats,
    rules: Sequence[Rule],
    assumed_rate: float,
    folds: Sequence[Fold],
) -> tuple[BoostedScorer | BlendedScorer, Calibration, dict[str, Any]]:
    """The trees, with a line beside them where it helps on held-out rows, calibrated on these rows."""
    known = ~np.isnan(held_out)
    alone = trees, fit_calibration(held_out[known], label[known]), {"linear_weight": 0.0}
    rare = min(label.sum(), len(label) - label.sum())
    if rare > MAX_RARE_TO_BLEND or len(label) > MANY_ROWS or not known.any():
        return alone
    line, decided = fit_linear(frame, label, trees.features, rules, assumed_rate, LINE_DEVIATIONS)
    margin = np.full(len(label), np.nan)
    for fit, out in folds:
        chosen = (decided["correction_deviation"],)
        tested, _ = fit_linear(frame[fit], label[fit], trees.features, rules, assumed_rate, chosen)
        margin[out] = tested.margins(frame[out]) + base_log_odds(label) - base_log_odds(label[fit])
    tree_weight, linear_weight, shift = learn_weights(held_out[known], margin[known], label[known])
    if not linear_weight:
        return alone
    return BlendedScorer(trees, line, tree_weight, linear_weight), shift, {"linear_weight": linear_weight, **decided}


def choose_mode(label: Floats, lead: Any = None, has_rules: bool = True) -> str:
    """How much model (n,) labels carry: rules, hybrid or gradient_boosting, counted by lead if given.

    Where no rules were given there is nothing to fall back on, so trees, with the line beside them, are tried sooner.
    """
    people = np.arange(len(label)) if lead is None else pd.factorize(pd.Series(np.asarray(lead, dtype=object)))[0]
    conversions = len(np.unique(people[label == 1]))
    if not has_rules:
        fewer = min(conversions, len(np.unique(people[label == 0])))
        return BOOSTING if fewer >= MIN_CONVERSIONS_TO_LEARN else HYBRID
    if conversions < MIN_CONVERSIONS_TO_LEARN:
        return RULES
    if len(np.unique(people)) < MIN_LEADS_TO_BOOST or conversions < MIN_CONVERSIONS_TO_BOOST:
        return HYBRID
    return BOOSTING


def binary_label(label: Any, n_rows: int) -> Floats:
    """The label as float64 (n,) of zeros and ones; LeadscoreError saying how many are missing or neither."""
    given = pd.Series(np.asarray(label).ravel() if not isinstance(label, pd.Series) else label.array)
    if len(given) != n_rows:
        raise LeadscoreError(f"The label has {len(given)} rows and the features have {n_rows}; give one label a row.")
    missing = int(given.isna().sum())
    if missing:
        raise LeadscoreError(
            f"The label is missing in {missing} of {n_rows} rows; leave out rows whose horizon has not passed."
        )
    numbers = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~np.isin(numbers, (0.0, 1.0))
    if wrong.any():
        example = given[wrong].tolist()[0]
        raise LeadscoreError(
            f"The label is neither 0 nor 1 in {int(wrong.sum())} of {n_rows} rows, for example {example!r}; "
            "give booleans or 0 and 1."
        )
    return numbers


def honest_folds(
    y: Floats, as_of: Any, account: Any, lead: Any, horizon_days: int, n_folds: int, seed: int
) -> list[Fold]:
    """The most honest split the data allow, in which some held-out row converted and some did not."""
    ways: list[list[Fold]] = []
    if as_of is not None:
        ways.append(list(time_and_account_folds(as_of, account, horizon_days, 0.25, n_folds, seed, lead)))
    if account is not None or lead is not None:
        ways.append(list(account_folds(account, lead, len(y), n_folds, seed)))
    ways.append(list(random_folds(y, n_folds, seed)))
    for folds in ways:
        usable = [(fit, out) for fit, out in folds if len(np.unique(y[fit])) == 2 and len(np.unique(y[out])) == 2]
        if usable:
            return usable
    return []


def recency(as_of: Any, half_life_days: float | None) -> Floats | None:
    """What each row (n,) counts when its age, from the newest row on, halves it every so many days; none if nothing does.

    LeadscoreError if a half-life is given and no moments are, or if it is not above 0.
    """
    if half_life_days is None:
        return None
    if as_of is None or not half_life_days > 0:
        raise LeadscoreError("half_life_days takes a number of days above 0, and needs as_of, the moment of each row.")
    day = days(as_of)
    return np.asarray(0.5 ** ((day.max(initial=0) - day) / half_life_days), dtype=np.float64)


def with_newest(folds: Sequence[Fold], owner: NDArray[np.object_]) -> list[Fold]:
    """The folds, learning from all rows of owners (n,) that are not held out: the model that they calibrate knows the newest
    days as well, and one that does not would doubt itself for their sake."""
    code = pd.factorize(owner)[0]
    return [(fit | ~np.isin(code, code[out]), out) for fit, out in folds]


def _check_lengths(n_rows: int, **columns: Any) -> None:
    for name, column in columns.items():
        if column is not None and len(column) != n_rows:
            raise LeadscoreError(f"{name} has {len(column)} rows and the features have {n_rows}; give one a row.")
