"""Champion against challenger, on the newest labelled rows, and the gates a challenger has to pass.

Neither is judged on what it learnt from. The champion is asked about days after its training ended, and not about leads of
which it had learnt within a horizon before. The challenger, which learns from these rows too, is stood in for by models
that learnt in the same way from the other accounts. Only the newest horizon counts, and before it as many days as it takes
to tell two models apart: what a champion was good for before the world changed does not keep it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadscore.learning.encoding import Table, as_frame
from leadscore.learning.evaluate import thinned
from leadscore.learning.metrics import all_metrics, gains_over, with_intervals
from leadscore.learning.model import LeadModel
from leadscore.learning.rules import Rule
from leadscore.learning.splits import account_folds, days, owners
from leadscore.learning.training import binary_label, fit

MIN_CONVERSIONS = 20
# The judged days go back as far as so many conversions lie, and a horizon at least.
ENOUGH_CONVERSIONS = 200
MIN_SEGMENT_CONVERSIONS = 10
SLOPE_LIMITS = (0.8, 1.25)
# How sure it has to be that a challenger is better, and how sure after a change, of which the champion knows less.
SURE, SURE_AFTER_CHANGE = 0.95, 0.80
MOST_LOSS_IN_SEGMENT = 0.10
N_FOLDS = 4
CHALLENGER, CHAMPION = "challenger", "champion"
# Of these one has to be passed, of all others every one.
ONE_OF = ("better_log_loss", "better_pr_auc")
GATES = ["gate", "segment", "value", "lower", "upper", "reference", "at_least", "at_most", "is_passed"]


def contest(
    features: Table,
    label: Any,
    as_of: Any,
    account: Any,
    lead: Any,
    champion: LeadModel,
    learnt_until: Any,
    rules: pd.DataFrame | Sequence[Rule] | None = None,
    horizon_days: int = 90,
    mode: str = "auto",
    seed: int = 0,
    *,
    max_rows: int = 60_000,
    **fit_params: Any,
) -> pd.DataFrame:
    """Probabilities of both for the newest labelled rows that the champion does not know.

    features: (n, f); label, as_of, account, lead: (n,). champion: a model. learnt_until: the day of the newest row it
    learnt from, none if it learnt from no row. The other arguments are those of ``fit`` for the challenger. More rows than
    ``max_rows`` are thinned by hash of the lead.

    Columns: row (position in the input), label, champion, challenger, owner (what is drawn together). Sorted by row.
    """
    frame = as_frame(features)
    y = binary_label(label, len(frame))
    kept = thinned(lead, len(frame), max_rows, seed)
    frame, y = frame.iloc[kept].reset_index(drop=True), y[kept]
    accounts, leads = (None if keys is None else np.asarray(keys, dtype=object)[kept] for keys in (account, lead))
    owner = owners(accounts, leads, len(y))
    day = days(as_of)[kept]
    fresh = newest(unknown_to(day, leads, learnt_until, horizon_days), day, y, horizon_days)
    parts = []
    for fitted, out in account_folds(owner, None, len(y), N_FOLDS, seed):
        asked = out & fresh
        if not asked.any():
            continue
        model = fit(
            frame[fitted], y[fitted], day[fitted].astype("datetime64[D]"), owner[fitted], rules, horizon_days, mode, seed,
            **fit_params,
        )  # fmt: skip
        parts.append(
            pd.DataFrame(
                {
                    "row": kept[asked],
                    "label": y[asked].astype(np.int8),
                    CHAMPION: champion.predict_proba(frame[asked])[:, 1],
                    CHALLENGER: model.predict_proba(frame[asked])[:, 1],
                    "owner": owner[asked],
                }
            )
        )
    if not parts:
        return pd.DataFrame({name: [] for name in ("row", "label", CHAMPION, CHALLENGER, "owner")})
    return pd.concat(parts, ignore_index=True).sort_values("row", ignore_index=True)


def unknown_to(day: NDArray[np.int64], lead: Any, learnt_until: Any, horizon_days: int) -> NDArray[np.bool_]:
    """Which rows (n,) a model that learnt until a day does not know: newer ones, whose lead it had not learnt from within a
    horizon before, as the outcome of such a row may be the one it knows. day: days since 1970; lead: (n,) or none."""
    if learnt_until is None or pd.isna(learnt_until):
        return np.ones(len(day), dtype=bool)
    learnt = day <= days([learnt_until])[0]
    if lead is None:
        return np.asarray(~learnt, dtype=bool)
    newest = pd.Series(np.where(learnt, day, -(10**6))).groupby(pd.factorize(pd.Series(lead))[0]).transform("max")
    return np.asarray(~learnt & (day >= newest.to_numpy() + horizon_days), dtype=bool)


def newest(
    rows: NDArray[np.bool_], day: NDArray[np.int64], label: NDArray[np.float64], horizon_days: int
) -> NDArray[np.bool_]:
    """Of rows (n,), those of the newest horizon, or of as many more days as it takes to see enough conversions."""
    converted = np.sort(day[rows & (label == 1)])
    if len(converted) < ENOUGH_CONVERSIONS:
        return rows
    since = min(day[rows].max() - horizon_days + 1, converted[-ENOUGH_CONVERSIONS])
    return np.asarray(rows & (day >= since), dtype=bool)


def judge(
    contested: pd.DataFrame, segment: Any, n_boot: int = 200, seed: int = 0, confidence: float = SURE
) -> pd.DataFrame:
    """A row for every gate, of the rows that ``contest`` gave and their segments (n,).

    confidence: that of the intervals by which the challenger has to be better; all others are of 95 %.

    Columns: gate, segment (all, or the one it looks at), value with its interval, reference (the champion's figure),
    at_least and at_most (the limits of what is held against them; missing where there is none), is_passed.
    - judged_conversions: enough conversions to tell them apart.
    - better_log_loss, better_pr_auc: the gain over the champion; passed if all of its interval is.
    - no_worse_log_loss, no_worse_pr_auc: the same gain; failed if all of its interval is a loss.
    - calibration_slope: the challenger's own; passed within the limits, if 1 is in its interval, or if the champion's is as
      far from 1 or further.
    - log_loss_in_segment: the relative loss against the champion where a segment has enough conversions; failed if it is
      much and more than chance.
    """
    label = contested["label"].to_numpy(dtype=np.float64)
    rows = [_gate("judged_conversions", label.sum(), at_least=MIN_CONVERSIONS)]
    gains = {
        sure: _gains(
            gains_over(label, contested[CHALLENGER], contested[CHAMPION], contested["owner"], n_boot, seed, None, sure)
        )
        for sure in {confidence, SURE}
    }
    for metric in ("log_loss", "pr_auc"):
        better, no_worse = gains[confidence][metric], gains[SURE][metric]
        rows.append(_gate(f"better_{metric}", *better, at_least=0.0, passed=better[1] > 0))
        rows.append(_gate(f"no_worse_{metric}", *no_worse, at_least=0.0, passed=not no_worse[2] < 0))
    slope, lower, upper, _ = _figures(with_intervals(label, contested[CHALLENGER], contested["owner"], n_boot, seed))[
        "calibration_slope"
    ]
    theirs, (least, most) = all_metrics(label, contested[CHAMPION])["calibration_slope"], SLOPE_LIMITS
    fit_for_use = least <= slope <= most or lower <= 1 <= upper or _off(slope) <= _off(theirs) < np.inf
    rows.append(
        _gate("calibration_slope", slope, lower, upper, theirs, at_least=least, at_most=most, passed=fit_for_use)
    )
    for name, part in contested.groupby(np.asarray(segment, dtype=object), sort=True):
        if part["label"].sum() < MIN_SEGMENT_CONVERSIONS:
            continue
        found = gains_over(part["label"], part[CHALLENGER], part[CHAMPION], part["owner"], n_boot, seed)
        *loss, reference = _figures(found)["log_loss"]
        value, lower, upper = (bound / reference for bound in loss)
        rows.append(
            _gate(
                "log_loss_in_segment",
                value,
                lower,
                upper,
                reference,
                str(name),
                at_most=MOST_LOSS_IN_SEGMENT,
                passed=not (value > MOST_LOSS_IN_SEGMENT and lower > 0),
            )
        )
    return pd.DataFrame(rows, columns=GATES)


def unopposed(gate: str) -> pd.DataFrame:
    """The one gate of a challenger without a champion that could be asked: no_champion or champion_unusable."""
    return pd.DataFrame([_gate(gate, np.nan, passed=True)], columns=GATES)


def are_passed(gates: pd.DataFrame) -> bool:
    """Whether the gates let a challenger through: one of ``ONE_OF`` and every other one."""
    one_of = gates["gate"].isin(ONE_OF)
    passed = gates["is_passed"].astype(bool)
    return bool(passed[~one_of].all() and (passed[one_of].any() or not one_of.any()))


def _off(slope: float) -> float:
    """How far a calibration slope is from 1, twice as much being as far as half."""
    return abs(float(np.log(slope))) if slope > 0 else np.inf


def _gains(table: pd.DataFrame) -> dict[str, tuple[float, float, float, float]]:
    """The gains in log loss, which is what falls away of it, and in PR-AUC: value, lower, upper and reference."""
    found = _figures(table)
    more, least_more, most_more, theirs = found["log_loss"]
    return {"log_loss": (-more, -most_more, -least_more, theirs), "pr_auc": found["pr_auc"]}


def _figures(table: pd.DataFrame) -> dict[str, tuple[float, float, float, float]]:
    """Value, lower, upper and reference of each metric; without a reference that is missing."""
    padded = table.assign(reference=table.get("reference", np.nan))
    columns = (padded[name].astype(float).tolist() for name in ("value", "lower", "upper", "reference"))
    return dict(zip(table["metric"].tolist(), zip(*columns, strict=True), strict=True))


def _gate(
    gate: str,
    value: float,
    lower: float = np.nan,
    upper: float = np.nan,
    reference: float = np.nan,
    segment: str = "all",
    *,
    at_least: float = np.nan,
    at_most: float = np.nan,
    passed: bool | None = None,
) -> tuple[Any, ...]:
    if passed is None:
        passed = not (value < at_least or value > at_most)
    return gate, segment, value, lower, upper, reference, at_least, at_most, bool(passed)
