"""`fit` with its defaults beside the field, on public tables: `python benchmarks/tabular.py [--sets all] [--repeats 3]`.

Every learner gets the same rows to train on and to predict: repeated stratified splits, 70 % of the rows to train. All
keep their defaults; categories go to those that read them as categories, and to logistic regression one-hot with
standardised, imputed numbers. Some sets are tried again with few rows (`adult@500`). Each result is appended to
`--results` (JSON lines) and not computed again; `--table` only reads them. CatBoost and LightGBM are needed here and
nowhere else, see benchmarks/README.md.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import json
import resource
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from tabular_sets import SETS, load

Floats = NDArray[np.float64]
THREADS = 2
TRAIN_SHARE = 0.7
# Few rows of large sets: name@rows.
FEW = (
    *("adult@500", "credit_default@800", "voters@400", "churn@600", "wages@700", "caravan@1000", "crash_deaths@1500"),
    *("lending@1500", "bird_strikes@2000", "late_flights@3000", "dogs@3000", "traffic_stops@5000"),
)
MOST_TESTED = 20_000


def leadscore(X: pd.DataFrame, y: Floats, new: pd.DataFrame) -> Floats:
    """This project."""
    from leadscore.learning import fit

    return fit(X, y, nthread=THREADS).predict_proba(new)[:, 1]


def catboost(X: pd.DataFrame, y: Floats, new: pd.DataFrame) -> Floats:
    """CatBoost, which takes texts as categories and no missing ones."""
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(
        cat_features=_categories(X), thread_count=THREADS, verbose=False, allow_writing_files=False
    )
    return model.fit(_texts(X), y).predict_proba(_texts(new))[:, 1]


def lightgbm(X: pd.DataFrame, y: Floats, new: pd.DataFrame) -> Floats:
    """LightGBM with categories."""
    from lightgbm import LGBMClassifier

    X, new = _same_levels(X, new)
    return LGBMClassifier(n_jobs=THREADS, verbose=-1).fit(X, y).predict_proba(new)[:, 1]


def xgboost(X: pd.DataFrame, y: Floats, new: pd.DataFrame) -> Floats:
    """XGBoost with categories."""
    from xgboost import XGBClassifier

    X, new = _same_levels(X, new)
    return XGBClassifier(n_jobs=THREADS, enable_categorical=True).fit(X, y).predict_proba(new)[:, 1]


def hist_gradient_boosting(X: pd.DataFrame, y: Floats, new: pd.DataFrame) -> Floats:
    """scikit-learn's, which takes 255 levels: the most frequent, the others are missing."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    X, new = _same_levels(X, new, 254)
    return HistGradientBoostingClassifier().fit(X, y).predict_proba(new)[:, 1]


def logistic_regression(X: pd.DataFrame, y: Floats, new: pd.DataFrame) -> Floats:
    """scikit-learn's, after the usual preparation."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts = _categories(X)
    numbers = [column for column in X if column not in texts]
    prepared = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5), texts),
    )
    model = make_pipeline(prepared, LogisticRegression(max_iter=1_000))
    return model.fit(_texts(X), y).predict_proba(_texts(new))[:, 1]


LEARNERS: dict[str, Callable[[pd.DataFrame, Floats, pd.DataFrame], Floats]] = {
    learner.__name__: learner
    for learner in (leadscore, catboost, lightgbm, xgboost, hist_gradient_boosting, logistic_regression)
}


def _categories(X: pd.DataFrame) -> list[str]:
    return [column for column in X if isinstance(X[column].dtype, pd.CategoricalDtype)]


def _texts(X: pd.DataFrame) -> pd.DataFrame:
    present = {column: X[column].astype(object) for column in _categories(X)}
    return X.assign(**{name: values.where(values.notna(), "(missing)").astype(str) for name, values in present.items()})


def _same_levels(X: pd.DataFrame, new: pd.DataFrame, most: int | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables with the levels of the first, at most so many of the most frequent."""
    levels = {column: list(X[column].value_counts().loc[lambda n: n > 0].index[:most]) for column in _categories(X)}
    return tuple(
        table.assign(**{name: pd.Categorical(table[name], kept) for name, kept in levels.items()}) for table in (X, new)
    )  # type: ignore[return-value]


def split(name: str, repeat: int) -> tuple[pd.DataFrame, Floats, pd.DataFrame, Floats]:
    """Rows to train on and to predict, the same for every learner."""
    base, _, rows = name.partition("@")
    X, y = load(base)
    size = int(rows) if rows else TRAIN_SHARE
    train, test = train_test_split(np.arange(len(y)), train_size=size, stratify=y, random_state=repeat)
    test = test[:MOST_TESTED]
    label = y.astype(np.float64)
    return X.iloc[train].reset_index(drop=True), label[train], X.iloc[test].reset_index(drop=True), label[test]


def judged(name: str, repeat: int, learner: str) -> dict[str, Any]:
    """A learner's log loss and ROC-AUC on the rows held out, and its seconds by the clock and of processor."""
    X, y, new, truth = split(name, repeat)
    wall, used = time.perf_counter(), _processor()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        p = LEARNERS[learner](X, y, new)
    return {
        "set": name,
        "repeat": repeat,
        "learner": learner,
        "rows": len(y),
        "positives": int(y.sum()),
        "log_loss": float(log_loss(truth, np.clip(p, 1e-15, 1 - 1e-15))),
        "roc_auc": float(roc_auc_score(truth, p)),
        "seconds": time.perf_counter() - wall,
        "processor_seconds": _processor() - used,
    }


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def table_of(results: pd.DataFrame) -> str:
    """Markdown: each learner's mean ranks and seconds over the sets that all have finished, then every set."""
    learners = [name for name in LEARNERS if name in set(results["learner"])]
    mean = results.groupby(["set", "learner"])[["log_loss", "roc_auc", "seconds", "processor_seconds"]].mean()
    by_set = mean.unstack()[[(figure, name) for figure in mean for name in learners]].dropna()
    ranks = {
        "log_loss": by_set["log_loss"].rank(axis=1),
        "roc_auc": by_set["roc_auc"].rank(axis=1, ascending=False),
    }
    held_out = np.array([SETS[name.partition("@")[0]].held_out for name in by_set.index])
    lines = [
        f"{len(by_set)} sets, {int(held_out.sum())} of them held out.",
        "",
        "| learner | rank, log loss | rank, ROC-AUC | rank, log loss (held out) | rank, ROC-AUC (held out) | seconds | processor |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in learners:
        shown = [f"{ranks[figure][name][chosen].mean():.2f}" for chosen in (slice(None), held_out) for figure in ranks]
        spent = [f"{by_set[figure][name].sum():,.0f}" for figure in ("seconds", "processor_seconds")]
        lines.append(f"| {name} | {' | '.join(shown + spent)} |")
    sizes = results.groupby("set")[["rows", "positives"]].mean().loc[by_set.index]
    lines += ["", f"| set | rows | positives | {' | '.join(learners)} |", "|---|---|---|" + "---|" * len(learners)]
    for name in sizes.sort_values("rows").index:
        best = {figure: ranks[figure].loc[name].min() for figure in ranks}
        cells = []
        for learner in learners:
            pair = []
            for figure in ranks:
                text = f"{by_set[figure][learner][name]:.4f}"
                pair.append(f"**{text}**" if ranks[figure].loc[name, learner] == best[figure] else text)
            cells.append(" ".join(pair))
        base = name.partition("@")[0]
        mark = "\\*" if SETS[base].held_out else ""
        rows, positives = sizes.loc[name]
        lines.append(f"| {name}{mark} | {rows:,.0f} | {positives / rows:.1%} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", "Log loss and ROC-AUC; \\* held out."])


def main() -> None:
    """Judge what is not judged yet, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default="all", help="all, chosen, held_out, or names with commas between")
    parser.add_argument("--learners", default=",".join(LEARNERS))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--results", type=Path, default=Path("tabular.jsonl"))
    parser.add_argument("--table", action="store_true", help="only print the table of the results")
    options = parser.parse_args()
    groups = {
        "all": [*SETS, *FEW],
        "chosen": [*(name for name in SETS if not SETS[name].held_out), *FEW],
        "held_out": [name for name in SETS if SETS[name].held_out],
    }
    names = groups.get(options.sets) or options.sets.split(",")
    lines = options.results.read_text().splitlines() if options.results.exists() else []
    done = {(row["set"], row["repeat"], row["learner"]) for row in map(json.loads, lines)}
    wanted = [
        (name, repeat, learner)
        for repeat in range(options.repeats)
        for name in names
        for learner in options.learners.split(",")
        if (name, repeat, learner) not in done and not options.table
    ]
    for task in wanted:
        with options.results.open("a") as results:
            results.write(json.dumps(judged(*task)) + "\n")
    print(table_of(pd.read_json(options.results, lines=True)))


if __name__ == "__main__":
    main()
