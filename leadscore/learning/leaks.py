"""Leaks: features that know the outcome because they were written, or went on counting, after the moment they stand for.

Every check looks at one feature at a time, cut into at most some forty values, and asks for something that no honest
signal shows. A feature is suspect only if the statistic is beyond its threshold for sure, so small samples raise no
alarm. What can be counted is counted by owner, because the snapshots of one account rise and fall together.

- univariate_skill: it ranks conversions within the horizon too well, on accounts its rates were not taken from.
- certain_outcome: one of its values, or its being filled or empty, all but settles the outcome.
- later_outcome: among snapshots that did not convert within the horizon it knows who did later. Signals fade with the
  distance of what they announce; today's status, copied to snapshots of old, does not.
- certain_later_outcome: one of its values all but settles whether the lead ever converts.
- absent_in_open_leads: conversions stand, more often than other snapshots, at values that open leads of the same age
  hardly have, as when a counter went on for months after the snapshot or a status moved on with the conversion. Snapshots
  whose horizon is nearly over tell a leak from a world that has changed: they know what came after, and the world is as new.
- adversarial_validation: how well it tells labelled snapshots from open leads of the same age. It never quarantines:
  what has drifted is no leak. The row `(all)` is the same question asked of a model of all features.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import xgboost as xgb
from numpy.typing import NDArray

from leadscore.learning.encoding import FeatureSpec, as_frame, encode, learn_features, xgboost_types
from leadscore.learning.newton import Floats
from leadscore.learning.splits import days, fold_of, owners

KEYS = ("purpose", "is_converted", "account_key", "age_days", "days_to_conversion", "lead_id", "as_of")
ALL = "(all)"

SURE = 3.0  # standard errors that a statistic must be beyond its threshold
MOST_SKILL = 0.9  # ROC-AUC within the horizon; the best single signals reach about 0.75
MOST_LATER_SKILL = 0.65  # ROC-AUC beyond the horizon; the best reach about 0.55
CERTAIN = 0.5  # conversion rate of a value, or more where conversions are frequent:
CERTAIN_ODDS = 30.0  # as many times the odds of the average snapshot; the best values reach 15 times
MOST_ABSENT = 0.4  # share of the conversions at values that open leads lack; honest features stay below 0.15, with 300 leads below 0.31
ABSENT = (
    1.6  # how many times rarer a value is; a counter that never stops counting stands 1.7 times as often at high values
)
SHOWN = 0.25  # how far nearly mature snapshots are, at least, on the way from open leads to labelled ones, in logarithms, if it is a leak
NEARLY_MATURE = 1 / 3  # the share of the snapshots waiting for their horizon that waits longest
FEWEST = 10  # conversions below which nothing is judged

N_BINS = 32
N_FOLDS = 4
N_AGES = 20
PRIOR_ROWS = 10.0
MISSING = -1


@dataclass(frozen=True)
class Sample:
    """Labelled snapshots first, then nearly mature ones, then open leads and the younger snapshots that stand beside them.

    n_labelled, n_mature: how many are labelled, and how many are no open leads. label, ever: (n_labelled,) whether the snapshot
    converted within the horizon, and whether its lead ever did. owner, fold: (n,) who a row belongs to, and the fold of that
    owner. weight: (n_mature,) how many open leads of its age a snapshot stands for.
    """

    n_labelled: int
    n_mature: int
    label: NDArray[np.bool_]
    ever: NDArray[np.bool_]
    owner: NDArray[np.int64]
    fold: NDArray[np.int64]
    weight: Floats


def checks(rows: pa.Table, parameters: pa.Table) -> pa.Table:
    """What each check found of each feature, suspects with a reason and a remedy.

    Args:
        rows: `KEYS` and the features; purpose is training, with a label, or monitoring, or scoring.
        parameters: one row with the columns random_seed and training_threads.

    Returns:
        A row per feature and check: feature, check_name, statistic, threshold, is_suspect, reason, remedy; the
        statistic is missing where too few conversions are known, the threshold where the check never quarantines.
    """
    wanted = parameters.to_pylist()[0]
    keys = rows.select(list(KEYS)).to_pandas()
    order, ends = parts_of(keys)
    features = as_frame(rows.drop_columns(list(KEYS))).iloc[order].reset_index(drop=True)
    sample = sample_of(keys.iloc[order].reset_index(drop=True), *ends, wanted["random_seed"])
    specs = learn_features(features)
    matrix = encode(features, specs)
    found = [row for spec, values in zip(specs, matrix.T, strict=True) for row in check_feature(spec, values, sample)]
    apart = tells_apart(matrix, specs, sample, seed=wanted["random_seed"], nthread=wanted["training_threads"])
    found.append(_row(ALL, "adversarial_validation", apart, None, ""))
    texts = {"feature", "check_name", "reason", "remedy"}
    kinds = {name: pa.string() if name in texts else pa.float64() for name in found[0]} | {"is_suspect": pa.bool_()}
    return pa.Table.from_pylist(found, pa.schema(list(kinds.items())))


def quarantined(verdicts: pa.Table) -> list[str]:
    """The features that take no part in learning: those with the verdict `quarantined` in any check, by name."""
    rows = verdicts.select(["feature", "verdict"]).to_pylist()
    return sorted({row["feature"] for row in rows if row["verdict"] == "quarantined"})


def parts_of(keys: pd.DataFrame) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """The rows in the order of a sample, and where its labelled and its nearly mature rows end.

    Younger snapshots stand beside the open leads: where the newest days have not arrived yet, open leads alone would lack
    whatever happens in a week.
    """
    purpose, day = keys["purpose"].to_numpy(), days(keys["as_of"])
    is_labelled, waits = purpose == "training", purpose == "monitoring"
    is_mature = waits & (day <= np.quantile(day[waits], NEARLY_MATURE)) if waits.any() else waits
    parts = [np.flatnonzero(part) for part in (is_labelled, is_mature, ~is_labelled & ~is_mature)]
    return np.concatenate(parts), (len(parts[0]), len(parts[0]) + len(parts[1]))


def sample_of(keys: pd.DataFrame, n_labelled: int, n_mature: int, seed: int) -> Sample:
    """The sample of `KEYS`, whose rows stand in its order."""
    owner = owners(keys["account_key"], keys["lead_id"], len(keys))
    later = keys["days_to_conversion"].to_numpy(np.float64, na_value=np.nan)[:n_labelled]
    label = keys["is_converted"].iloc[:n_labelled].to_numpy(bool)
    age = keys["age_days"].to_numpy(np.float64, na_value=np.nan)
    parts = (age[:n_labelled], age[n_labelled:n_mature])
    return Sample(
        n_labelled=n_labelled,
        n_mature=n_mature,
        label=label,
        ever=label | ~np.isnan(later),
        owner=pd.factorize(owner)[0].astype(np.int64),
        fold=fold_of(owner, N_FOLDS, seed),
        weight=np.concatenate([age_weights(part, age[n_mature:]) for part in parts]),
    )


def age_weights(age: Floats, open_age: Floats) -> Floats:
    """How many open leads each snapshot stands for, (n,), so that both are of the same ages.

    Snapshots of new leads are frequent among the labelled and rare among the open; without this every feature that
    grows with time would tell them apart. The second day of a lead, when most is known of it, is an age of its own.
    """
    cuts = np.linspace(0, 1, N_AGES + 1)[1:-1]
    edges = np.unique([2.0, *(np.nanquantile(open_age, cuts) if len(open_age) else [])])
    stratum, open_stratum = (np.digitize(np.nan_to_num(x), edges) for x in (age, open_age))
    snapshots, leads = (np.bincount(codes, minlength=len(edges) + 1) for codes in (stratum, open_stratum))
    ratio = np.divide(leads, snapshots, out=np.zeros(len(edges) + 1), where=snapshots > 0)
    return np.asarray(ratio[stratum])


def check_feature(spec: FeatureSpec, values: NDArray[np.float32], sample: Sample) -> Iterator[dict[str, Any]]:
    """The rows of all checks of one feature with encoded values (n,)."""
    bins, names = bins_of(values, spec)
    labelled, fold = bins[: sample.n_labelled], sample.fold[: sample.n_labelled]
    owner, label, ever = sample.owner[: sample.n_labelled], sample.label, sample.ever

    skill = surely(*held_out_auc(labelled, label, fold, owner))
    yield _row(
        spec.name, "univariate_skill", skill, MOST_SKILL,
        f"Alone it ranks conversions with a ROC-AUC of {skill:.2f} at least",
    )  # fmt: skip

    for check, outcome, said in (
        ("certain_outcome", label, "convert within the horizon"),
        ("certain_later_outcome", ever, "convert, sooner or later"),
    ):
        rate, value = surest_value(labelled, names, outcome, owner)
        yield _row(
            spec.name, check, rate, certain_rate(outcome), f"Of the snapshots where it is {value}, {rate:.0%} {said}"
        )

    open_for_long = ~label
    later = surely(
        *held_out_auc(labelled[open_for_long], ever[open_for_long], fold[open_for_long], owner[open_for_long])
    )
    yield _row(
        spec.name, "later_outcome", later, MOST_LATER_SKILL,
        f"Among snapshots without a conversion within the horizon it ranks later ones with a ROC-AUC of {later:.2f}",
    )  # fmt: skip

    expected, nearly, seen = open_counts(bins, sample, len(names))
    lacking = lacking_share(labelled, label, expected, nearly, seen, owner)
    yield _row(
        spec.name, "absent_in_open_leads", lacking, MOST_ABSENT,
        f"{lacking:.0%} of the conversions stand at values that open leads of the same age hardly have",
    )  # fmt: skip

    yield _row(
        spec.name,
        "adversarial_validation",
        counted_auc(seen / np.maximum(expected + seen, 1e-9), seen, expected),
        None,
        "",
    )


def bins_of(values: NDArray[np.float32], spec: FeatureSpec) -> tuple[NDArray[np.int64], list[str]]:
    """The bin of each value (n,) and what the bins are called; the last bin holds missing values.

    A category's bins are its levels; a number's are its values, if few, else ranges that hold equally many.
    """
    present = ~np.isnan(values)
    if spec.kind == "categorical":
        names = [f"'{level}'" for level in spec.levels]
        bins = np.nan_to_num(values, nan=len(names)).astype(np.int64)
    else:
        distinct = np.unique(values[present])
        lower = distinct
        if len(distinct) > N_BINS:
            lower = np.unique(np.quantile(values[present], np.linspace(0, 1, N_BINS + 1)[:-1], method="lower"))
        names = [f"{low:g} or more" for low in lower]
        bins = np.where(present, np.searchsorted(lower, values, side="right") - 1, len(lower))
    return bins, [*names, "missing"]


def held_out_auc(
    bins: NDArray[np.int64], label: NDArray[np.bool_], fold: NDArray[np.int64], owner: NDArray[np.int64]
) -> tuple[float, int, int]:
    """The ROC-AUC of the bins' rates in other folds, and the owners of positives and of negatives, rows all (n,)."""
    if label.sum() < FEWEST or (~label).sum() < FEWEST:
        return np.nan, 0, 0
    width = int(bins.max()) + 1
    cell = fold * width + bins
    positive = counted(cell, N_FOLDS * width, label).reshape(N_FOLDS, width)
    all_rows = counted(cell, N_FOLDS * width).reshape(N_FOLDS, width)
    others, converted = all_rows.sum(axis=0) - all_rows, positive.sum(axis=0) - positive
    # The base rate is that of the other folds too, or a fold's own conversions would be known from what others lack.
    base = converted.sum(axis=1, keepdims=True) / np.maximum(others.sum(axis=1, keepdims=True), 1)
    lift = (converted + PRIOR_ROWS * base) / (others + PRIOR_ROWS) / np.maximum(base, 1e-9)
    auc = counted_auc(lift.ravel(), positive.ravel(), (all_rows - positive).ravel())
    return auc, len(np.unique(owner[label])), len(np.unique(owner[~label]))


def counted(bins: NDArray[np.int64], width: int, weight: NDArray[Any] | None = None) -> Floats:
    """How many rows, or how much weight (n,), each bin holds, (width,) or more."""
    return np.bincount(bins, weight, width).astype(np.float64)


def counted_auc(score: Floats, positive: Floats, negative: Floats) -> float:
    """ROC-AUC of scores (k,) that so many positives and negatives have, ties counted half."""
    _, tied = np.unique(score, return_inverse=True)
    up, down = counted(tied, 0, positive), counted(tied, 0, negative)
    if not up.sum() or not down.sum():
        return float("nan")
    return float(up @ (np.cumsum(down) - 0.5 * down) / (up.sum() * down.sum()))


def surely(auc: float, n_positive: int, n_negative: int) -> float:
    """The ROC-AUC less SURE standard errors of so many independent positives and negatives (Hanley and McNeil 1982)."""
    if np.isnan(auc):
        return auc
    both_above, both_below = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (n_positive - 1) * (both_above - auc**2) + (n_negative - 1) * (both_below - auc**2)
    return float(auc - SURE * np.sqrt(max(variance, 0.0) / (n_positive * n_negative)))


def surest_value(
    bins: NDArray[np.int64], names: list[str], label: NDArray[np.bool_], owner: NDArray[np.int64]
) -> tuple[float, str]:
    """The highest conversion rate that some bin, or all that are filled, has for sure, and what that bin is called.

    The lower bound is Wilson's at SURE standard errors, rows weighing less the more of them an owner has.
    """
    if label.sum() < FEWEST:
        return float("nan"), ""
    independent = len(np.unique(owner[label])) / label.sum()
    n, converted = counted(bins, len(names)) * independent, counted(bins, len(names), label) * independent
    n, converted = np.append(n, n[:-1].sum()), np.append(converted, converted[:-1].sum())
    rate = np.divide(converted, n, out=np.zeros(len(n)), where=n > 0)
    square = SURE**2
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = SURE * np.sqrt(rate * (1 - rate) / n + square / (4 * n**2))
        lower = np.where(n > 0, (rate + square / (2 * n) - spread) / (1 + square / n), 0.0)
    best = int(np.argmax(lower))
    return float(lower[best]), [*names, "filled"][best]


def certain_rate(label: NDArray[np.bool_]) -> float:
    """The conversion rate from which on a value settles the outcome: CERTAIN_ODDS times the average odds, or CERTAIN."""
    base = (label.sum() + 0.5) / (len(label) + 1.0)
    odds = CERTAIN_ODDS * base / (1 - base)
    return float(max(CERTAIN, odds / (1 + odds)))


def open_counts(bins: NDArray[np.int64], sample: Sample, width: int) -> tuple[Floats, Floats, Floats]:
    """How many open leads should have each bin, by the labelled and by the nearly mature snapshots of their ages, and how many
    have, (width,) each."""
    n, m = sample.n_labelled, sample.n_mature
    expected, nearly = (counted(bins[part], width, sample.weight[part]) for part in (slice(n), slice(n, m)))
    return expected, nearly, counted(bins[m:], width)


def lacking_share(
    bins: NDArray[np.int64],
    label: NDArray[np.bool_],
    expected: Floats,
    nearly: Floats,
    seen: Floats,
    owner: NDArray[np.int64],
) -> float:
    """The share of conversions (n,) at values that open leads have ABSENT times more rarely than expected, for sure.

    The values are single bins, or all bins from one on upwards or downwards: what went on counting lacks its tail. They
    count only where conversions surely stand more often than other snapshots do: what all have lost alike has drifted.
    So has what nearly mature snapshots, if there are any, lack as open leads do.
    """
    if label.sum() < FEWEST or not label.size - label.sum() or not seen.sum():
        return float("nan")
    n_owners, knows = len(np.unique(owner[label])), bool(nearly.any())

    def lacks(expected: Floats, nearly: Floats, seen: Floats) -> NDArray[np.bool_]:
        least = (expected + 1) ** SHOWN * (seen + 1) ** (1 - SHOWN)
        return np.asarray(
            (ABSENT * (seen + SURE * np.sqrt(seen + 1)) < expected) & ((nearly + 1 > least) | (not knows))
        )

    def tells(converted: Floats, others: Floats) -> NDArray[np.bool_]:
        spread = np.sqrt(np.maximum(others * (1 - others), 0.0) / n_owners)
        return np.asarray(converted - others > SURE * spread)

    converted, others = (counted(bins[of], len(seen)) / of.sum() for of in (label, ~label))
    found = [converted[lacks(expected, nearly, seen) & tells(converted, others)].sum()]
    for direction in (slice(None), slice(None, None, -1)):
        # Missing values, the last bin, are no end of a scale.
        ends = [np.cumsum(counts[:-1][direction]) for counts in (expected, nearly, seen, converted, others)]
        found.append((ends[3] * (lacks(*ends[:3]) & tells(*ends[3:]))).max(initial=0))
    return float(max(found))


def tells_apart(
    matrix: NDArray[np.float32], specs: tuple[FeatureSpec, ...], sample: Sample, seed: int, nthread: int
) -> float:
    """ROC-AUC of a small booster that tells open leads from labelled snapshots of the same ages, on other owners."""
    n, part = sample.n_labelled, np.r_[: sample.n_labelled, sample.n_mature : len(matrix)]
    matrix, fold = matrix[part], sample.fold[part]
    is_open = np.arange(len(matrix)) >= n
    weight = np.append(sample.weight[:n], np.ones(len(matrix) - n))
    if not is_open.any() or not (weight[:n] > 0).any() or not specs:
        return float("nan")
    settings = {
        "objective": "binary:logistic", "tree_method": "hist", "max_depth": 3, "eta": 0.2, "max_bin": 32,
        "subsample": 0.5, "colsample_bynode": 0.3, "seed": seed, "nthread": nthread,
    }  # fmt: skip
    score = np.zeros(len(matrix))
    for half in range(2):
        fitted = fold % 2 == half
        if len(np.unique(is_open[fitted])) < 2 or not (~fitted).any():
            return float("nan")
        train = xgb.QuantileDMatrix(
            matrix[fitted], is_open[fitted], weight=weight[fitted], max_bin=32, nthread=nthread,
            feature_types=xgboost_types(specs), enable_categorical=True,
        )  # fmt: skip
        score[~fitted] = xgb.train(settings, train, 40).inplace_predict(matrix[~fitted])
    return counted_auc(score, weight * is_open, weight * ~is_open)


def _row(feature: str, check: str, statistic: float, threshold: float | None, reason: str) -> dict[str, Any]:
    is_suspect = threshold is not None and bool(statistic > threshold)
    remedy = (
        "Take the feature as it was at as_of, or leave it out of feat_leads. If it is honest, name it in the variable "
        "leak_guard_allow."
    )
    return {
        "feature": feature,
        "check_name": check,
        "statistic": None if np.isnan(statistic) else float(statistic),
        "threshold": threshold,
        "is_suspect": is_suspect,
        "reason": f"{reason}; {_SUSPICIONS[check]}." if is_suspect else None,
        "remedy": remedy if is_suspect else None,
    }


_SUSPICIONS = {
    "univariate_skill": "no signal from before a conversion knows it so well",
    "certain_outcome": "what settles the outcome was written with it or after it",
    "certain_later_outcome": "what settles it was written after the conversion",
    "later_outcome": "signals fade with distance, what was written later does not",
    "absent_in_open_leads": "it has taken in what happened after the snapshot",
}
