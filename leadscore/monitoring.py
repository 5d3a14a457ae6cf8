"""What the monitoring nodes of the project do: Arrow tables in, an Arrow table out, one function a node.

Monitored rows carry `part` (reference for what the champion learnt from, current for what came after), `week`, the keys `lead_id`,
`as_of`, `account_key`, the label `is_converted` (null while its horizon has not passed), and a column per feature.
The registry is the one from before this run: its champion is watched, and there may be none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore.errors import LeadscoreError
from leadscore.learning import LeadModel, load_artifact
from leadscore.learning.cohorts import baseline_of, cohorts, performance
from leadscore.learning.drift import (
    AGE,
    COLLEAGUES,
    Binned,
    Rows,
    binned_features,
    bins_of,
    drift_of_week,
    kish,
    newest_quarter,
    strata_of,
)
from leadscore.learning.encoding import FeatureSpec
from leadscore.learning.splits import days, owners

KEYS = ["part", "week", "account_key", "is_converted", "lead_id", "as_of"]
SCORE = "score"
OF_COLLEAGUES = "buying group"
"""The topic of features that grow with the number of known colleagues."""
EXPLAINED_ROWS = 4_000
FEWEST_ROWS = 20
"""A week of fewer independent rows says nothing and is left out."""

DRIFT = pa.schema(
    [("week", pa.date32()), ("model_version", pa.string()), ("feature", pa.string()), ("kind", pa.string())]
    + [
        (name, pa.float64())
        for name in (
            *(
                "n_reference",
                "n_rows",
                "psi",
                "psi_noise",
                "p_value",
                "reference_missing_share",
                "missing_share",
                "missing_p_value",
            ),
            *(
                "new_category_share",
                "new_category_p_value",
                "usual_psi",
                "usual_missing_change",
                "usual_new_category_share",
                "importance",
            ),
        )
    ]
)
PERFORMANCE = pa.schema(
    [("week", pa.date32()), ("cohort_from", pa.date32()), ("model_version", pa.string()), ("metric", pa.string())]
    + [
        (name, pa.float64())
        for name in ("value", "lower", "upper", "baseline", "baseline_lower", "baseline_upper", "p_value")
    ]
    + [("n_rows", pa.int64()), ("n_positive", pa.int64())]
)

Prepared = tuple[list[Binned], tuple[Rows, Rows]]


def scorer(registry: pa.Table) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """The function that gives the champion's probability for a batch of monitored rows, with their keys.

    The probability is missing where there is no champion, or one that cannot read these features: to say so is the business of
    drift, and the run must go on to train another.
    """
    champion = registry.select(["artifact", "artifact_sha256"])

    def score(batch: pa.RecordBatch) -> pa.RecordBatch:
        probability = pa.nulls(batch.num_rows, pa.float64())
        model = _model(champion)
        if model is not None:
            with suppress(LeadscoreError):
                probability = pa.array(model.predict_proba(batch)[:, 1])
        columns = {name: batch.column(name) for name in KEYS}
        return pa.RecordBatch.from_pydict(columns | {"conversion_probability": probability})

    return score


def drift(rows: pa.Table, scores: pa.Table, registry: pa.Table, catalogue: pa.Table) -> pa.Table:
    """How each feature of the champion, and its score, differs from what it learnt from: a row per week and feature.

    rows and scores are in the same order. catalogue: feature and topic of `feature_catalogue`. Columns as in DRIFT; importance is
    the share of the feature in the mean size of contributions.
    """
    model = _model(registry)
    is_reference = np.asarray(rows.column("part").to_pylist(), dtype=object) == "reference"
    if model is None or not is_reference.any():
        return DRIFT.empty_table()
    frame = rows.to_pandas(strings_to_categorical=True)
    frame[SCORE] = scores.column("conversion_probability").to_pandas()
    keys = owners(frame["account_key"], frame["lead_id"], len(frame))
    frame["owner"] = pd.factorize(pd.Series(keys))[0]
    reference, current = frame[is_reference], frame[~is_reference]
    of_colleagues = {row["feature"] for row in catalogue.to_pylist() if row["topic"] == OF_COLLEAGUES}
    prepare = partial(_prepared, model.features, of_colleagues)
    version, importance, usual = (
        registry["model_version"][0].as_py(),
        _importance(model, reference),
        _usual(prepare, reference),
    )
    features, sides = prepare(reference, current)
    number, weeks = pd.factorize(current["week"], sort=True)
    found: list[dict[str, object]] = []
    for place, week in enumerate(weeks):
        rows_of_week = np.flatnonzero(number == place)
        if kish(sides[1].owner[rows_of_week]) < FEWEST_ROWS:
            continue
        for each in drift_of_week(features, *sides, rows_of_week):
            name = str(each["feature"])
            more = {"week": week, "model_version": version, "importance": importance.get(name)}
            found.append(each | more | usual.get(name, {}))
    return _table(found, DRIFT)


def _prepared(
    specs: Sequence[FeatureSpec], of_colleagues: Collection[str], before: pd.DataFrame, now: pd.DataFrame
) -> Prepared:
    """The features and the score in bins of the rows before, and who the rows of both are."""
    features = binned_features(before, now, specs, of_colleagues)
    if before[SCORE].notna().any():
        features.append(bins_of(SCORE, before[SCORE], now[SCORE], "numeric"))
    ages, colleagues = strata_of(AGE, before, now), strata_of(COLLEAGUES, before, now)
    first, second = (
        Rows(*who) for who in zip(ages, colleagues, (before["owner"].to_numpy(), now["owner"].to_numpy()), strict=True)
    )
    return features, (first, second)


def _usual(
    prepare: Callable[[pd.DataFrame, pd.DataFrame], Prepared], reference: pd.DataFrame
) -> dict[str, dict[str, object]]:
    """How far each feature moved while the champion learnt: the newest quarter of the reference beside the rest of it."""
    newest = newest_quarter(days(reference["as_of"]))
    if newest.all():
        return {}
    features, sides = prepare(reference[~newest], reference[newest])
    return {
        str(each["feature"]): {
            "usual_psi": each["psi"],
            "usual_missing_change": abs(float(each["missing_share"]) - float(each["reference_missing_share"])),  # type: ignore[arg-type]
            "usual_new_category_share": each["new_category_share"],
        }
        for each in drift_of_week(features, *sides, np.arange(int(newest.sum())))
    }


def cohort_performance(scores: pa.Table, registry: pa.Table, parameters: pa.Table) -> pa.Table:
    """How right the champion was about the weeks since it learnt, once their horizon had passed: a row per week and figure.

    Columns as in PERFORMANCE; a week's cohort begins with the week `cohort_from`.
    """
    current = scores.to_pandas()
    current = current[(current["part"] == "current") & current["conversion_probability"].notna()].reset_index(drop=True)
    if not len(current):
        return PERFORMANCE.empty_table()
    champion = registry.to_pylist()[0]
    label = current["is_converted"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    owner = owners(current["account_key"], current["lead_id"], len(current))
    baseline, seed = baseline_of(champion["metrics"]), parameters.to_pylist()[0]["random_seed"]
    found = [
        {
            "week": week,
            "cohort_from": current["week"].to_numpy()[rows].min(),
            "model_version": champion["model_version"],
            "n_rows": len(rows),
            "n_positive": int(label[rows].sum()),
            **figure,
        }
        for week, rows in cohorts(current["week"], label)
        for figure in performance(
            label[rows], current["conversion_probability"].to_numpy()[rows], owner[rows], baseline, seed
        )
    ]
    return _table(found, PERFORMANCE)


def _model(registry: pa.Table) -> LeadModel | None:
    """The champion; none if there is none, or one that was tampered with: scoring refuses that, and a new one can be trained."""
    for row in registry.to_pylist():
        with suppress(LeadscoreError):
            return load_artifact(row["artifact"], row["artifact_sha256"])
    return None


def _importance(model: LeadModel, reference: pd.DataFrame) -> dict[str, float]:
    """The share of each feature in the mean absolute contribution over some of the reference; nothing if it cannot be read."""
    try:
        size = np.abs(model.contributions(reference.iloc[:EXPLAINED_ROWS])[:, :-1]).mean(axis=0)
    except LeadscoreError:
        return {}
    return dict(zip(model.feature_names, size / size.sum(), strict=True)) if size.sum() > 0 else {}


def _table(rows: Iterable[dict[str, object]], schema: pa.Schema) -> pa.Table:
    """Rows as a table of this schema, what is no number as null."""
    return pa.Table.from_pandas(pd.DataFrame(rows, columns=schema.names), schema=schema, preserve_index=False)
