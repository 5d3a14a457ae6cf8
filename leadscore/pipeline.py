"""What the Python nodes of the project do: Arrow tables in, an Arrow table out, one function a node.

Training rows carry the keys `lead_id`, `as_of`, `account_key`, the label `is_converted`, and a column per feature.
Parameters are one row. Everything comes sorted, so equal content gives equal results.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore import __version__, explain, scorecard
from leadscore.errors import LeadscoreError
from leadscore.learning import LeadModel, dump_artifact, fit, load_registered
from leadscore.learning.evaluate import ALL, held_out_predictions, metrics_of
from leadscore.learning.gates import SURE, SURE_AFTER_CHANGE, are_passed, contest, judge, unopposed
from leadscore.learning.readiness import COLUMNS as VERDICTS
from leadscore.learning.readiness import judged
from leadscore.library_package import content_hash

KEYS = ["lead_id", "as_of", "account_key", "is_converted"]
HOLDOUT = pa.schema(
    {
        "split": pa.string(),
        "lead_id": pa.string(),
        "as_of": pa.date32(),
        "origin": pa.date32(),
        "segment": pa.string(),
        "owner": pa.string(),
        "is_converted": pa.bool_(),
        "model_probability": pa.float64(),
        "rules_probability": pa.float64(),
        "training_rows": pa.int64(),
    }
)
METRICS = pa.schema(
    [(name, pa.string()) for name in ("split", "slice_kind", "slice", "scorer", "metric")]
    + [(name, pa.float64()) for name in ("value", "lower", "upper")]
    + [(name, pa.int64()) for name in ("n_rows", "n_positive", "n_train")]
)
GATES = pa.schema(
    [(name, pa.string()) for name in ("gate", "segment")]
    + [(name, pa.float64()) for name in ("value", "lower", "upper", "reference", "at_least", "at_most")]
    + [("is_passed", pa.bool_()), ("champion_version", pa.string()), ("lets_through", pa.bool_())]
)
TRAINED = pa.schema(
    {
        "model_version": pa.string(),
        "as_of": pa.date32(),
        "mode": pa.string(),
        "conversion_event": pa.string(),
        "horizon_days": pa.int64(),
        "feature_names": pa.string(),
        "training_rows": pa.int64(),
        "training_conversions": pa.int64(),
        "training_from": pa.date32(),
        "training_until": pa.date32(),
        "reference_odds": pa.float64(),
        "parameters": pa.string(),
        "data_fingerprint": pa.string(),
        "metrics": pa.string(),
        "library_version": pa.string(),
        "library_hash": pa.string(),
        "artifact": pa.string(),
        "artifact_sha256": pa.string(),
    }
)
# Rows scored and explained at a time.
SLICE_ROWS = 8_192


def rows_to_learn(decision: pa.Table) -> int | None:
    """How many training rows a run has to read: all (none said) when it trains, else 0."""
    return None if _is_training(decision) else 0


def readiness(figures: pa.Table) -> pa.Table:
    """The figures of the data held against their thresholds."""
    schema = pa.schema(
        [(name, pa.float64() if name in ("value", "at_least", "at_most") else pa.string()) for name in VERDICTS]
    )
    return pa.Table.from_pandas(judged(figures.to_pandas()), schema=schema, preserve_index=False)


def holdout_predictions(
    rows: pa.Table, segments: pa.Table, rules: pa.Table, parameters: pa.Table, decision: pa.Table
) -> pa.Table:
    """Held-out predictions of model and rules for the newest rows, and beside them those of a random split; none if
    nothing is trained."""
    if not _is_training(decision):
        return HOLDOUT.empty_table()
    keys, features, fitting = _training_data(rows, rules, parameters, decision)
    wanted = parameters.to_pylist()[0]
    found = held_out_predictions(
        features,
        keys["is_converted"],
        max_rows=wanted["evaluation_max_rows"],
        n_origins=wanted["backtest_origins"],
        **fitting,
    )
    if found.empty:
        return HOLDOUT.empty_table()
    position = found["row"].to_numpy(dtype=np.int64)
    return pa.table(
        {
            "split": pa.array(found["split"], pa.string()),
            "lead_id": rows.column("lead_id").take(position),
            "as_of": pa.array(keys["as_of"], pa.date32()).take(position),
            "origin": pa.array(found["origin"], pa.date32()),
            "segment": segments.column("segment").take(position),
            "owner": pa.array(found["owner"].astype(str), pa.string()),
            "is_converted": pa.array(found["label"].astype(bool), pa.bool_()),
            "model_probability": pa.array(found["model"], pa.float64()),
            "rules_probability": pa.array(found["rules"], pa.float64()),
            "training_rows": pa.array(found["n_train"], pa.int64()),
        },
        schema=HOLDOUT,
    )


def metrics(predictions: pa.Table, parameters: pa.Table, decision: pa.Table, odds: pa.Table) -> pa.Table:
    """Every metric of model and rules on the held-out rows of each split, and out of time by segment and month, with its 95
    percent interval; none if nothing is trained.

    odds: one row with the odds that mean a score of 50.
    """
    if not _is_training(decision):
        return METRICS.empty_table()
    wanted = parameters.to_pylist()[0]
    threshold = scorecard.probability(wanted["sales_threshold"], odds.column("reference_odds")[0].as_py())
    columns = {
        "is_converted": "label",
        "model_probability": "model",
        "rules_probability": "rules",
        "training_rows": "n_train",
    }
    judged_rows = predictions.to_pandas().rename(columns=columns)
    judged_rows["month"] = pd.to_datetime(judged_rows["as_of"]).dt.strftime("%Y-%m")
    found = metrics_of(
        judged_rows, seed=wanted["random_seed"], threshold=float(threshold), slices=["segment", "month"],
        key=["lead_id", "as_of"],
    )  # fmt: skip
    return pa.Table.from_pandas(found, schema=METRICS, preserve_index=False)


def train(
    rows: pa.Table, rules: pa.Table, parameters: pa.Table, decision: pa.Table, metrics: pa.Table, odds: pa.Table
) -> pa.Table:
    """Train on every row and give the registry's row: the artifact with its hash, what went in and how good it is; no row if
    nothing is trained.

    odds: one row with the odds that mean a score of 50.
    """
    if not _is_training(decision):
        return TRAINED.empty_table()
    keys, features, fitting = _training_data(rows, rules, parameters, decision)
    wanted = parameters.to_pylist()[0]
    model = fit(features, keys["is_converted"], **fitting)
    artifact, sha256 = dump_artifact(model)
    row = {
        "model_version": f"{wanted['as_of']}-{sha256[:8]}",
        "as_of": wanted["as_of"],
        "mode": model.mode,
        "conversion_event": wanted["conversion_event"],
        "horizon_days": wanted["horizon_days"],
        "feature_names": json.dumps(model.feature_names),
        "training_rows": len(keys),
        "training_conversions": int(keys["is_converted"].sum()),
        "training_from": keys["as_of"].min() if len(keys) else None,
        "training_until": keys["as_of"].max() if len(keys) else None,
        "reference_odds": odds.column("reference_odds")[0].as_py(),
        "parameters": json.dumps(model.params, sort_keys=True),
        "data_fingerprint": fingerprint(rows),
        "metrics": _metrics_text(metrics),
        "library_version": __version__,
        "library_hash": content_hash(),
        "artifact": artifact,
        "artifact_sha256": sha256,
    }
    return pa.Table.from_pylist([row], schema=TRAINED)


def gates(
    rows: pa.Table,
    segments: pa.Table,
    rules: pa.Table,
    parameters: pa.Table,
    decision: pa.Table,
    champion: pa.Table,
) -> pa.Table:
    """The gates between champion and challenger, a row each; none if nothing is trained.

    champion: its row of the registry, or none. One that cannot be asked, because its artifact was changed or a feature is
    gone or quarantined, does not stand in the way of the next.
    """
    if not _is_training(decision):
        return GATES.empty_table()
    keys, features, fitting = _training_data(rows, rules, parameters, decision)
    registered = next(iter(champion.to_pylist()), None)
    model = _usable(registered, features)
    if registered is None or model is None:
        found = unopposed("no_champion" if registered is None else "champion_unusable")
    else:
        wanted = parameters.to_pylist()[0]
        contested = contest(
            features,
            keys["is_converted"],
            champion=model,
            learnt_until=registered["training_until"],
            max_rows=wanted["evaluation_max_rows"],
            **fitting,
        )
        position = contested["row"].to_numpy(dtype=np.int64)
        changed = "half_life_days" in fitting or "half_life_days" in json.loads(registered["parameters"])
        found = judge(
            contested, segments.column("segment").to_numpy()[position],
            seed=wanted["random_seed"], confidence=SURE_AFTER_CHANGE if changed else SURE,
        )  # fmt: skip
    version = None if registered is None else registered["model_version"]
    found = found.assign(champion_version=version, lets_through=are_passed(found))
    return pa.Table.from_pandas(found, schema=GATES, preserve_index=False)


def fingerprint(rows: pa.Table) -> str:
    """A hash of what was learnt from: names and values, whatever the width of their types."""
    found = hashlib.sha256()
    for name in sorted(rows.column_names):
        column = rows.column(name)
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
            column = column.cast(pa.float64())
        hashed = pd.util.hash_pandas_object(column.to_pandas(), index=False, categorize=True)
        found.update(f"{name}\n{len(hashed)}\n".encode())
        found.update(hashed.to_numpy(dtype="<u8").tobytes())
    return found.hexdigest()


def _is_training(decision: pa.Table) -> bool:
    return bool(decision.column("should_train")[0].as_py())


def _usable(registered: dict[str, Any] | None, features: pa.Table) -> LeadModel | None:
    """The model of a registry row if its artifact is whole and its features are there, else none."""
    if registered is None:
        return None
    try:
        model = load_registered(registered)
        model.margins(features.slice(0, 1))
    except LeadscoreError:
        return None
    return model


def scorer(registry: pa.Table) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """The function that scores and explains a batch of feature rows with the champion.

    Args:
        registry: one row of `ml_models`.

    Returns:
        A function of a batch with `lead_id`, `as_of` and the model's features; it gives a row per lead with the
        probability, the scores, the lists `feature_values` and `points` in the order of the model's features, and
        `reason_*`, the features worth telling.
    """
    if not registry.num_rows:
        raise LeadscoreError(
            "There is no champion to score with: ml_models holds none for this day. Build with the variable retrain on auto, and "
            "with score_with empty or the name of a model of this day or before."
        )
    row = registry.to_pylist()[0]
    names = np.array(json.loads(row["feature_names"]), dtype=object)
    version, reference_odds = row["model_version"], row["reference_odds"]
    # An artifact that cannot be read is refused here, before any worker starts.
    load_registered(row)

    def score(batch: pa.RecordBatch) -> pa.RecordBatch:
        # The model's text travels to workers and not the model; each of them reads it once.
        model = load_registered(row)
        contributions = model.contributions(batch)
        points = scorecard.points_from_log_odds(contributions[:, :-1])
        base = scorecard.raw_score(contributions[:, -1], reference_odds)
        raw = base + points.sum(axis=1)
        values = _texts(batch, model)
        reasons = explain.top_reasons(points)
        told = reasons >= 0
        rows = np.nonzero(told)[0]
        offsets = np.concatenate([[0], np.cumsum(told.sum(axis=1))]).astype(np.int32)
        chosen = reasons[told].astype(np.int64)
        return pa.RecordBatch.from_pydict(
            {
                "lead_id": batch.column("lead_id"),
                "as_of": batch.column("as_of"),
                "model_version": pa.array([version] * batch.num_rows, pa.string()),
                "conversion_probability": scorecard.probability(raw, reference_odds),
                "raw_score": raw,
                "base_score": base,
                "feature_values": _lists(values, batch.num_rows),
                "points": _lists(pa.array(points.ravel()), batch.num_rows),
                "reason_features": pa.ListArray.from_arrays(offsets, pa.array(names[chosen], pa.string())),
                "reason_values": pa.ListArray.from_arrays(offsets, values.take(pa.array(rows * len(names) + chosen))),
                "reason_points": pa.ListArray.from_arrays(offsets, pa.array(points[rows, chosen], pa.float64())),
            }
        )

    return in_slices(score)


def in_slices(function: Callable[[pa.RecordBatch], pa.RecordBatch]) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """The function of a batch, worked out a slice at a time: what it needs in between then stays small."""

    def mapped(batch: pa.RecordBatch) -> pa.RecordBatch:
        starts = range(0, max(batch.num_rows, 1), SLICE_ROWS)
        return pa.concat_batches([function(batch.slice(first, SLICE_ROWS)) for first in starts])

    return mapped


def _training_data(
    rows: pa.Table, rules: pa.Table, parameters: pa.Table, decision: pa.Table
) -> tuple[pd.DataFrame, pa.Table, dict[str, Any]]:
    """Keys, features, and the arguments of fitting, apart."""
    wanted = parameters.to_pylist()[0]
    keys = rows.select(KEYS).to_pandas()
    fitting = {
        "as_of": keys["as_of"],
        "account": keys["account_key"],
        "lead": keys["lead_id"],
        "rules": rules.to_pandas(),
        "horizon_days": wanted["horizon_days"],
        "mode": decision.column("mode")[0].as_py(),
        "seed": wanted["random_seed"],
        "nthread": wanted["training_threads"],
        "assumed_rate": wanted["assumed_conversion_rate"],
        **json.loads(wanted.get("training_options") or "{}"),
    }
    return keys, rows.drop_columns(KEYS), fitting


def _metrics_text(metrics: pa.Table) -> str:
    """Metrics of all rows as JSON: split -> scorer -> metric -> [value, lower, upper], null where a figure does not exist."""
    found: dict[str, dict[str, dict[str, list[float | None]]]] = {}
    for row in metrics.filter(pc.equal(metrics["slice_kind"], ALL)).to_pylist():
        interval = [
            None if row[name] is None or np.isnan(row[name]) else row[name] for name in ("value", "lower", "upper")
        ]
        found.setdefault(row["split"], {}).setdefault(row["scorer"], {})[row["metric"]] = interval
    return json.dumps(found, sort_keys=True)


def _texts(batch: pa.RecordBatch, model: LeadModel) -> pa.StringArray:
    """Feature values as people read them, null where missing, (n * f,) row by row: four significant digits at most."""
    n, f = batch.num_rows, len(model.features)
    columns = [pa.array([], pa.string())]
    for spec in model.features:
        column = batch.column(spec.name)
        if spec.kind == "numeric" and not pa.types.is_integer(column.type):
            columns.append(explain.number_texts(column.to_numpy(zero_copy_only=False).astype(np.float64)))
        else:
            columns.append(column.cast(pa.string()))
    by_row = np.arange(n * f).reshape(f, n).T.ravel()
    return pa.concat_arrays(columns).take(pa.array(by_row))


def _lists(flat: pa.Array, rows: int) -> pa.ListArray:
    """Lists of equal width, one a row, from their values in a row."""
    width = len(flat) // rows if rows else 0
    return pa.ListArray.from_arrays(pa.array(np.arange(rows + 1, dtype=np.int32) * width), flat)
