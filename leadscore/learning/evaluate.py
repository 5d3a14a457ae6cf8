"""Honest evaluation: the newest months, each from what was known when it began, other accounts, and beside it the random
split that flatters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadscore.learning.encoding import Table, as_frame
from leadscore.learning.metrics import gains_over, with_intervals
from leadscore.learning.model import LeadModel
from leadscore.learning.rules import Rule
from leadscore.learning.splits import days, owners, rolling_folds, stable_hash
from leadscore.learning.training import binary_label, choose_mode, fit

OUT_OF_TIME, RANDOM, LEAKAGE_GAP = "out_of_time", "random", "leakage_gap"
MODEL, RULES = "model", "rules"
N_FOLDS = 3
N_ORIGINS = 3
MAX_ROWS = 60_000
ALL = "all"
COLUMNS = [
    *("split", "slice_kind", "slice", "scorer", "metric", "value", "lower", "upper", "n_rows", "n_positive", "n_train"),
]
"""What ``metrics_of`` says."""


@dataclass(frozen=True)
class Evaluation:
    """What a model of this kind is worth on accounts and months it has not seen.

    predictions: held-out rows, one each: row (position in the input), origin, label, model, rules (probabilities).
    metrics: as ``metrics_of`` gives them.
    window_start: the first held-out day, none without out-of-time rows. note: what could not be done, or empty.
    """

    mode: str
    predictions: pd.DataFrame
    metrics: pd.DataFrame
    window_start: pd.Timestamp | None
    note: str


def evaluate(
    features: Table,
    label: Any,
    as_of: Any,
    account: Any = None,
    lead: Any = None,
    rules: pd.DataFrame | Sequence[Rule] | None = None,
    horizon_days: int = 90,
    mode: str = "auto",
    seed: int = 0,
    *,
    newest_share: float = 0.25,
    n_origins: int = N_ORIGINS,
    max_rows: int = MAX_ROWS,
    n_boot: int = 200,
    **fit_params: Any,
) -> Evaluation:
    """Judge the model that ``fit`` would give these rows: ``held_out_predictions`` and their ``metrics_of`` in one."""
    chosen = choose_mode(binary_label(label, len(features)), lead) if mode == "auto" else mode
    predictions = held_out_predictions(
        features, label, as_of, account, lead, rules, horizon_days, chosen, seed,
        newest_share=newest_share, n_origins=n_origins, max_rows=max_rows, **fit_params,
    )  # fmt: skip
    out_of_time = predictions[predictions["split"] == OUT_OF_TIME]
    note = (
        f"No row's horizon of {horizon_days} days ended before the newest {newest_share:.0%} of the labelled rows, "
        "so nothing could be judged out of time. Collect a longer history."
    )
    return Evaluation(
        mode=chosen,
        predictions=out_of_time[["row", "origin", "label", MODEL, RULES]].reset_index(drop=True),
        metrics=metrics_of(predictions, n_boot, seed),
        window_start=pd.Timestamp(days(as_of)[out_of_time["row"]].min(), unit="D") if len(out_of_time) else None,
        note="" if len(out_of_time) else note,
    )


def held_out_predictions(
    features: Table,
    label: Any,
    as_of: Any,
    account: Any = None,
    lead: Any = None,
    rules: pd.DataFrame | Sequence[Rule] | None = None,
    horizon_days: int = 90,
    mode: str = "auto",
    seed: int = 0,
    *,
    newest_share: float = 0.25,
    n_origins: int = N_ORIGINS,
    max_rows: int = MAX_ROWS,
    **fit_params: Any,
) -> pd.DataFrame:
    """Predictions of model and rules for rows that took no part in training them.

    Out of time, a backtest with a rolling origin: the newest window is cut by months into ``n_origins`` periods, and each
    third of the accounts, by hash, is predicted in each period by a model of the other accounts' rows whose horizon had
    passed when the period opens. Random: half of the same rows, by lot, predicted by a model of as many others that ignores
    both time and account; what it shows more on them is leakage, not skill. More rows than ``max_rows`` are thinned by hash of the lead.

    Columns: split (out_of_time, random), row (position in the input), origin (the day the period opens, datetime64[D]),
    label, model and rules (probabilities), owner (the account, else the lead, whose rows stand and fall together),
    n_train. Sorted by split and row.
    """
    frame = as_frame(features)
    y = binary_label(label, len(frame))
    chosen = choose_mode(y, lead) if mode == "auto" else mode
    kept = thinned(lead, len(frame), max_rows, seed)
    day = days(as_of)[kept]
    frame, y = frame.iloc[kept].reset_index(drop=True), y[kept]
    accounts = None if account is None else np.asarray(account, dtype=object)[kept]
    leads = None if lead is None else np.asarray(lead, dtype=object)[kept]
    owner = owners(accounts, leads, len(y))
    moment = day.astype("datetime64[D]")

    def train(rows: NDArray[np.bool_], mode: str, by_time: bool) -> LeadModel:
        # One member of each kind: the mean of several is a little better, and judging would take twice as long.
        where: dict[str, Any] = {"as_of": moment[rows], "account": owner[rows]} if by_time else {"half_life_days": None}
        return fit(
            frame[rows], y[rows], rules=rules, horizon_days=horizon_days, mode=mode, seed=seed, max_folds=1,
            **{"members": 1, **fit_params, **where},
        )  # fmt: skip

    def predict(split: str, origin: int, fitted: NDArray[np.bool_], held_out: NDArray[np.bool_]) -> pd.DataFrame:
        test = frame[held_out]
        by_time = split == OUT_OF_TIME
        return pd.DataFrame(
            {
                "split": split,
                "row": kept[held_out],
                "origin": np.datetime64(origin, "D"),
                "label": y[held_out].astype(np.int8),
                MODEL: train(fitted, chosen, by_time).predict_proba(test)[:, 1],
                RULES: train(fitted, RULES, by_time).predict_proba(test)[:, 1],
                "owner": owner[held_out],
                "n_train": int(fitted.sum()),
            }
        )

    folds = list(rolling_folds(moment, owner, horizon_days, newest_share, n_origins, N_FOLDS, seed))
    parts = [predict(OUT_OF_TIME, *fold) for fold in folds]
    n_train = int(np.mean([fitted.sum() for _, fitted, _ in folds])) if folds else int(len(y) * (1 - newest_share))
    shuffled = np.random.default_rng(seed).permutation(len(y))
    # Half, so that rows of the judged time are left to learn from, as a random split would have it.
    asked = shuffled[np.any([out for *_, out in folds], axis=0)[shuffled]] if folds else shuffled
    fitted, out = np.zeros((2, len(y)), dtype=bool)
    out[asked[: len(asked) // 2 if folds else len(y) - n_train]] = True
    fitted[shuffled[~out[shuffled]][:n_train]] = True
    if fitted.any() and out.any():
        parts.append(predict(RANDOM, int(day.min()), fitted, out))
    if not parts:
        names = ("split", "row", "origin", "label", MODEL, RULES, "owner", "n_train")
        return pd.DataFrame({name: [] for name in names})
    return pd.concat(parts, ignore_index=True).sort_values(["split", "row"], ignore_index=True)


def metrics_of(
    predictions: pd.DataFrame,
    n_boot: int = 200,
    seed: int = 0,
    threshold: float | None = None,
    slices: Sequence[str] = (),
    key: Sequence[str] = ("row",),
) -> pd.DataFrame:
    """Every metric of both scorers on the same held-out rows, with intervals that draw whole owners.

    threshold: the probability from which sales would be called. slices: columns of the predictions by whose values the
    out-of-time rows are judged once more, each alone. key: the columns that name a row. Columns: split, slice_kind (all, or
    the column), slice (its value), scorer (model, rules), metric, value, lower, upper, n_rows, n_positive, n_train; the
    out-of-time split is always there, its values missing when it has no rows. The split leakage_gap is random less out of
    time on the rows that both predicted.
    """
    out_of_time, random = (predictions[predictions["split"] == split] for split in (OUT_OF_TIME, RANDOM))

    def judged(split: str, rows: pd.DataFrame, kind: str = ALL, value: str = ALL) -> Iterator[pd.DataFrame]:
        label = rows["label"].to_numpy(dtype=np.float64)
        for scorer in (MODEL, RULES):
            drawn = (rows["owner"], n_boot, seed, threshold)
            if split == LEAKAGE_GAP:
                found = gains_over(label, rows[scorer], rows[f"{scorer}_honest"], *drawn)
            else:
                found = with_intervals(label, rows[scorer].to_numpy(dtype=np.float64), *drawn)
            yield found.assign(
                split=split,
                slice_kind=kind,
                slice=value,
                scorer=scorer,
                n_rows=len(label),
                n_positive=int(label.sum()),
                n_train=int(rows["n_train"].mean()) if len(label) else 0,
            )

    tables = [*judged(OUT_OF_TIME, out_of_time)]
    for kind in slices:
        for value, rows in out_of_time.groupby(kind, sort=True):
            tables += judged(OUT_OF_TIME, rows, kind, str(value))
    if len(random):
        tables += judged(RANDOM, random)
    both = random.merge(out_of_time[[*key, MODEL, RULES]], on=list(key), suffixes=("", "_honest"))
    if len(both):
        tables += judged(LEAKAGE_GAP, both)
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def thinned(lead: Any, n_rows: int, max_rows: int, seed: int) -> NDArray[np.int64]:
    """Positions of at most about ``max_rows`` rows: all rows of the leads whose hash is low."""
    if n_rows <= max_rows:
        return np.arange(n_rows)
    hashed = stable_hash(np.arange(n_rows) if lead is None else lead, seed)
    return np.flatnonzero(hashed < np.uint64(int(max_rows / n_rows * 2**64)))
