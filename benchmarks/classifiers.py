"""Fifteen classifiers of the field, and ours, on the same folds: `python benchmarks/classifiers.py DATABASE`.

DATABASE is a finished build, such as that of `make demo`; it is only read. Each quarter of the accounts is predicted in
the newest window by a model of the other accounts' snapshots whose horizon had passed by then, as in `ml_metrics`.
The peers get what they need: missing numbers the median and a mark, numbers bent (asinh), scaled and clipped, categories
a column a level; the boosters take the table as it is. All with their defaults but for what stands here. What gives no
probability is given one by Platt's method on other rows (`CalibratedClassifierCV`).

LightGBM and CatBoost are left out where they are not installed (`pip install lightgbm catboost`); nothing else needs them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from drawing import bars
from simulated import KEYS, PROJECT, place
from sklearn import discriminant_analysis, dummy, ensemble, linear_model, naive_bayes, neighbors, svm, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from leadscore import learning
from leadscore.learning.metrics import with_intervals
from leadscore.learning.splits import time_and_account_folds

RESULTS = Path(__file__).with_suffix(".json")
PICTURE = PROJECT / "docs" / "classifiers.svg"
HORIZON = 90
THREADS = 2
METRICS = ("roc_auc", "pr_auc", "log_loss", "brier", "lift_at_decile")
OURS = ("leadscore rules", "leadscore hybrid", "leadscore boosting")

Predictor = Callable[[pd.DataFrame, pd.DataFrame, pd.DataFrame], np.ndarray[Any, Any]]


def prepared(frame: pd.DataFrame) -> Any:
    """What makes a matrix of the table."""
    texts = [name for name in frame.columns if frame[name].dtype.kind not in "biuf"]
    numbers = [name for name in frame.columns if name not in texts]
    return make_column_transformer(
        (
            make_pipeline(
                SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                FunctionTransformer(np.arcsinh),
                StandardScaler(),
                FunctionTransformer(np.clip, kw_args={"a_min": -5, "a_max": 5}),
            ),
            numbers,
        ),
        (
            make_pipeline(
                SimpleImputer(strategy="constant", fill_value="(missing)", keep_empty_features=True),
                OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=40, sparse_output=False),
            ),
            texts,
        ),
    )


def peers() -> dict[str, Any]:
    """The classifiers of scikit-learn that read a matrix."""
    seeded = {"random_state": 0}
    return {
        "dummy (prior)": dummy.DummyClassifier(strategy="prior"),
        "naive Bayes": naive_bayes.GaussianNB(),
        "logistic regression": linear_model.LogisticRegression(max_iter=1000),
        "ridge": CalibratedClassifierCV(linear_model.RidgeClassifier(), cv=3),
        "linear SVM": CalibratedClassifierCV(svm.LinearSVC(**seeded), cv=3),
        "LDA": discriminant_analysis.LinearDiscriminantAnalysis(),
        "QDA": discriminant_analysis.QuadraticDiscriminantAnalysis(solver="eigen", shrinkage="auto"),
        "k-NN": neighbors.KNeighborsClassifier(n_neighbors=50, n_jobs=THREADS),
        "decision tree": tree.DecisionTreeClassifier(**seeded),
        "random forest": ensemble.RandomForestClassifier(n_jobs=THREADS, **seeded),
        "extra trees": ensemble.ExtraTreesClassifier(n_jobs=THREADS, **seeded),
        "AdaBoost": ensemble.AdaBoostClassifier(**seeded),
        "gradient boosting": ensemble.GradientBoostingClassifier(**seeded),
    }


def of_matrix(classifier: Any) -> Predictor:
    """A predictor of what reads a matrix."""

    def predict(train: pd.DataFrame, test: pd.DataFrame, keys: pd.DataFrame) -> np.ndarray[Any, Any]:
        model = make_pipeline(prepared(train), classifier).fit(train, keys["is_converted"].astype(int))
        return np.asarray(model.predict_proba(test)[:, 1])

    return predict


def of_table(booster: Callable[[list[str]], Any], text: bool = False) -> Predictor:
    """A predictor of what reads categories as they are, as texts if it wants them so."""

    def predict(train: pd.DataFrame, test: pd.DataFrame, keys: pd.DataFrame) -> np.ndarray[Any, Any]:
        names = [name for name in train.columns if train[name].dtype.kind not in "biuf"]
        both = pd.concat([train, test])
        for name in names:
            both[name] = both[name].astype(object).fillna("(missing)").astype(str if text else "category")
        model = booster(names).fit(both.iloc[: len(train)], keys["is_converted"].astype(int))
        return np.asarray(model.predict_proba(both.iloc[len(train) :])[:, 1])

    return predict


def ours(mode: str, rules: pd.DataFrame) -> Predictor:
    """A predictor of one of our modes."""

    def predict(train: pd.DataFrame, test: pd.DataFrame, keys: pd.DataFrame) -> np.ndarray[Any, Any]:
        model = learning.fit(
            train, keys["is_converted"], keys["as_of"], keys["account_key"], rules, mode=mode, lead=keys["lead_id"],
            nthread=THREADS,
        )  # fmt: skip
        return np.asarray(model.predict_proba(test)[:, 1])

    return predict


def predictors(rules: pd.DataFrame) -> dict[str, Predictor]:
    """All of them, by name."""
    found = {name: of_matrix(classifier) for name, classifier in peers().items()}
    xgboost = importlib.import_module("xgboost")
    found["XGBoost"] = of_table(
        lambda _: xgboost.XGBClassifier(enable_categorical=True, n_jobs=THREADS, random_state=0)
    )
    if lightgbm := optional("lightgbm"):
        found["LightGBM"] = of_table(lambda _: lightgbm.LGBMClassifier(n_jobs=THREADS, random_state=0, verbose=-1))
    if catboost := optional("catboost"):
        settings = {"thread_count": THREADS, "random_seed": 0, "verbose": False, "allow_writing_files": False}
        found["CatBoost"] = of_table(
            lambda names: catboost.CatBoostClassifier(cat_features=names, **settings), text=True
        )
    for name, mode in zip(OURS, ("rules", "hybrid", "gradient_boosting"), strict=True):
        found[name] = ours(mode, rules)
    return found


def optional(name: str) -> Any:
    """A package, if it is installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def read(database: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Keys, features and rule points of a build."""
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            f"from {place(connection, 'int_learning__training_rows')} order by lead_id, as_of"
        ).df()
        rules = connection.execute(f"from {place(connection, 'int_learning__rule_points')} order by rule").df()
    return rows[KEYS], rows.drop(columns=KEYS), rules


def results(database: Path, only: list[str]) -> Iterator[dict[str, Any]]:
    """One row per classifier: every metric with its interval, F1 at its own best threshold, seconds."""
    keys, features, rules = read(database)
    folds = list(time_and_account_folds(keys["as_of"], keys["account_key"], HORIZON, lead=keys["lead_id"]))
    if not folds:
        sys.exit("The history is too short to hold out its newest time: build a world of more months.")
    label = keys["is_converted"].to_numpy(bool)
    held_out = np.flatnonzero(np.any([out for _, out in folds], axis=0))
    owner = keys["account_key"].where(keys["account_key"].notna(), keys["lead_id"])
    for name, predict in predictors(rules).items():
        if only and name not in only:
            continue
        probability = np.zeros(len(keys))
        started = time.perf_counter()
        for fitted, out in folds:
            with warnings.catch_warnings():
                # Collinear features and columns that are constant in a fold: that is what the data are like.
                warnings.simplefilter("ignore")
                probability[out] = predict(features[fitted], features[out], keys[fitted])
        seconds = time.perf_counter() - started
        with np.errstate(over="ignore", invalid="ignore"):
            # Probabilities of exactly 0 and 1, as naive Bayes gives them.
            found = with_intervals(label[held_out], probability[held_out], owner.iloc[held_out])
        intervals = found.set_index("metric").loc[list(METRICS), ["value", "lower", "upper"]]
        yield {
            "classifier": name,
            "snapshots": len(held_out),
            "conversions": int(label[held_out].sum()),
            "trained_on": int(np.mean([fitted.sum() for fitted, _ in folds])),
            **{metric: [round(float(figure), 6) for figure in intervals.loc[metric]] for metric in METRICS},
            "f1": round(best_f1(label[held_out], probability[held_out]), 4),
            "seconds": round(seconds, 1),
        }


def best_f1(label: np.ndarray[Any, Any], probability: np.ndarray[Any, Any]) -> float:
    """The highest F1 of any threshold: the harmonic mean of precision and recall."""
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.diff(probability[order]) != 0, True)
    found = np.cumsum(label[order])[last]
    return float((2 * found / (np.flatnonzero(last) + 1 + label.sum())).max())


def table(rows: list[dict[str, Any]]) -> str:
    """The results as Markdown, the best log loss first."""
    said = [
        "| classifier | log loss | ROC-AUC | PR-AUC | Brier | F1 | lift, top 10 % | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [f"{row[metric][0]:.4f}" for metric in ("log_loss", "roc_auc", "pr_auc", "brier")]
        name = f"**{row['classifier']}**" if row["classifier"] in OURS else row["classifier"]
        said.append(
            f"| {name} | {' | '.join(cells)} | {row['f1']:.3f} | {row['lift_at_decile'][0]:.2f} | {row['seconds']:,.0f} |"
        )
    return "\n".join(said)


def main() -> None:
    """Judge each, print the table, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument(
        "--only", nargs="+", default=[], help="names of classifiers; the picture and the JSON are left as they are"
    )
    options = parser.parse_args()
    rows = []
    for row in results(options.database, options.only):
        rows.append(row)
        print(f"{row['classifier']:<22} ROC-AUC {row['roc_auc'][0]:.4f} in {row['seconds']:.1f} s", flush=True)
    rows.sort(key=lambda row: row["log_loss"][0])
    print(
        f"\n{rows[0]['snapshots']:,} snapshots, {rows[0]['conversions']} conversions; trained on {rows[0]['trained_on']:,}\n"
    )
    print(table(rows))
    if not options.only:
        RESULTS.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
        best_first = sorted(rows, key=lambda row: -row["roc_auc"][0])
        shown = [(row["classifier"], *row["roc_auc"]) for row in best_first]
        PICTURE.write_text(bars("ROC-AUC on later months and other accounts", "ROC-AUC, 95 % interval", shown, OURS))


if __name__ == "__main__":
    main()
