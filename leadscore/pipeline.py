"""What the Python nodes of the project do: Arrow tables in, an Arrow table out, one function a node.

Training rows carry the keys `lead_id`, `as_of`, `account_key`, the label `is_converted`, and a column per feature.
Parameters are one row. Everything comes sorted, so equal content gives equal results.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from leadscore import __version__, explain, scorecard
from leadscore.learning import LeadModel, dump_artifact, fit, load_artifact
from leadscore.learning.evaluate import held_out_predictions, metrics_of

KEYS = ["lead_id", "as_of", "account_key", "is_converted"]
# Rows scored and explained at a time.
SLICE_ROWS = 8_192


def holdout_predictions(rows: pa.Table, rules: pa.Table, parameters: pa.Table) -> pa.Table:
    """Held-out predictions of model and rules for the newest rows, and beside them those of a random split."""
    keys, features, fitting = _training_data(rows, rules, parameters)
    max_rows = parameters.to_pylist()[0]["evaluation_max_rows"]
    found = held_out_predictions(features, keys["is_converted"], max_rows=max_rows, **fitting)
    position = found["row"].to_numpy(dtype=np.int64)
    return pa.table(
        {
            "split": pa.array(found["split"], pa.string()),
            "lead_id": rows.column("lead_id").take(position),
            "as_of": rows.column("as_of").take(position),
            "owner": pa.array(found["owner"].astype(str), pa.string()),
            "is_converted": pa.array(found["label"].astype(bool), pa.bool_()),
            "model_probability": pa.array(found["model"], pa.float64()),
            "rules_probability": pa.array(found["rules"], pa.float64()),
            "training_rows": pa.array(found["n_train"], pa.int64()),
        }
    )


def metrics(predictions: pa.Table, parameters: pa.Table) -> pa.Table:
    """Every metric of model and rules on the held-out rows of each split, with its 95 percent interval."""
    columns = {
        "is_converted": "label",
        "model_probability": "model",
        "rules_probability": "rules",
        "training_rows": "n_train",
    }
    found = metrics_of(predictions.to_pandas().rename(columns=columns), seed=parameters.to_pylist()[0]["random_seed"])
    texts, figures, counts = (
        ["split", "scorer", "metric"],
        ["value", "lower", "upper"],
        ["n_rows", "n_positive", "n_train"],
    )
    schema = pa.schema(
        [(name, pa.string()) for name in texts]
        + [(name, pa.float64()) for name in figures]
        + [(name, pa.int64()) for name in counts]
    )
    return pa.Table.from_pandas(found, schema=schema, preserve_index=False)


def train(rows: pa.Table, rules: pa.Table, parameters: pa.Table, metrics: pa.Table) -> pa.Table:
    """Train on every row and give the registry's row: the artifact with its hash, what went in and how good it is."""
    keys, features, fitting = _training_data(rows, rules, parameters)
    wanted = parameters.to_pylist()[0]
    model = fit(features, keys["is_converted"], **fitting)
    artifact, sha256 = dump_artifact(model)
    conversions = int(keys["is_converted"].sum())
    # Half a conversion and half a miss are added so that the odds exist even when one class does.
    rate = (conversions + 0.5) / (len(keys) + 1) if conversions else wanted["assumed_conversion_rate"]
    row = {
        "model_version": f"{wanted['as_of']}-{sha256[:8]}",
        "as_of": wanted["as_of"],
        "mode": model.mode,
        "conversion_event": wanted["conversion_event"],
        "horizon_days": wanted["horizon_days"],
        "feature_names": json.dumps(model.feature_names),
        "training_rows": len(keys),
        "training_conversions": conversions,
        "training_from": keys["as_of"].min() if len(keys) else None,
        "training_until": keys["as_of"].max() if len(keys) else None,
        "reference_odds": rate / (1 - rate),
        "metrics": _metrics_text(metrics),
        "library_version": __version__,
        "artifact": artifact,
        "artifact_sha256": sha256,
    }
    dates = {"as_of", "training_from", "training_until"}
    return pa.table({name: pa.array([value], pa.date32() if name in dates else None) for name, value in row.items()})


def scorer(registry: pa.Table) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """The function that scores and explains a batch of feature rows with the champion.

    Args:
        registry: one row of `ml_models`.

    Returns:
        A function of a batch with `lead_id`, `as_of` and the model's features; it gives a row per lead with the
        probability, the scores, the lists `feature_values` and `points` in the order of the model's features, and
        `reason_*`, the features worth telling.
    """
    row = registry.to_pylist()[0]
    names = np.array(json.loads(row["feature_names"]), dtype=object)
    version, reference_odds = row["model_version"], row["reference_odds"]
    # An artifact that cannot be read is refused here, before any worker starts.
    load_artifact(row["artifact"], row["artifact_sha256"])

    def score(batch: pa.RecordBatch) -> pa.RecordBatch:
        # The model's text travels to workers and not the model; each of them reads it once.
        model = load_artifact(row["artifact"], row["artifact_sha256"])
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
    rows: pa.Table, rules: pa.Table, parameters: pa.Table
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
        "seed": wanted["random_seed"],
        "nthread": wanted["training_threads"],
        "assumed_rate": wanted["assumed_conversion_rate"],
        **json.loads(wanted.get("training_options") or "{}"),
    }
    return keys, rows.drop_columns(KEYS), fitting


def _metrics_text(metrics: pa.Table) -> str:
    """Metrics as JSON: split -> scorer -> metric -> [value, lower, upper], null where a figure does not exist."""
    found: dict[str, dict[str, dict[str, list[float | None]]]] = {}
    for row in metrics.to_pylist():
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
