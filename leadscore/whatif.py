"""What would help: what the model says of a lead if something more had happened by yesterday.

An action is a set of changes of features that belong together: a visit to the pricing page is one more pricing visit
in every window, one more engagement, and a last visit of yesterday. What follows from these (rates, flags, active
days, momentum) is worked out anew. The answer is the model's, about leads that look like this; it does not say that
bringing the action about would have the effect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from leadscore import scorecard
from leadscore.errors import LeadscoreError
from leadscore.learning import LeadModel, load_registered
from leadscore.learning.encoding import as_frame
from leadscore.rhythm import WEEKS, rhythm

Columns: TypeAlias = "dict[str, NDArray[np.float64]]"

MOST_ACTIONS = 3
MIN_EFFECT = 1.0
"""An action that raises the score by fewer points is not told."""
WEEK_COLUMNS = [f"week_{week}" for week in range(1, WEEKS + 1)]
COLUMNS = ("action", "sentence", "feature", "change")
_CHANGE = re.compile(r"(?P<add>[+-])\s*(?P<step>\d+(\.\d+)?)|set\s+(?P<value>-?\d+(\.\d+)?)")


@dataclass(frozen=True)
class Action:
    """Changes of features: each is a feature, whether the number is added to its value, and the number."""

    name: str
    changes: tuple[tuple[str, bool, float], ...]


def read_actions(table: pa.Table, catalogue: pa.Table) -> tuple[Action, ...]:
    """The actions of the seed `what_if_actions`, in order of name.

    Args:
        table: `COLUMNS`, a row per action and feature, or feature with `_*` for all its windows.
        catalogue: `feature_catalogue`, of which feature, kind and is_actionable are read.

    Raises:
        LeadscoreError: naming action and feature, if a feature is unknown, not a number or not actionable, a change
            cannot be read, or an action says one thing twice or has two sentences.
    """
    absent = [name for name in COLUMNS if name not in table.column_names]
    if absent:
        raise LeadscoreError(f"The table what_if_actions lacks the columns {', '.join(absent)}. Add them.")
    known = {row["feature"]: row for row in catalogue.select(["feature", "kind", "is_actionable"]).to_pylist()}
    changes: dict[str, dict[str, tuple[bool, float]]] = {}
    sentences: dict[str, str] = {}
    for row in table.select(list(COLUMNS)).to_pylist():
        action, where = row["action"], f"what_if_actions, action '{row['action']}', feature '{row['feature']}'"
        if not action or not row["sentence"]:
            raise LeadscoreError(f"{where}: action and sentence must not be empty. Fill them in.")
        if sentences.setdefault(action, row["sentence"]) != row["sentence"]:
            raise LeadscoreError(f"{where}: the action has two sentences. Write the same in all its rows.")
        for feature in _features_of(row["feature"], known, where):
            own = changes.setdefault(action, {})
            if feature in own:
                raise LeadscoreError(f"{where}: the action changes {feature} twice. Keep one row.")
            own[feature] = _change_of(row["change"], where)
    return tuple(Action(name, tuple((f, *c) for f, c in sorted(changes[name].items()))) for name in sorted(changes))


def _features_of(text: str | None, known: dict[str, dict[str, object]], where: str) -> list[str]:
    name = text or ""
    windows = re.compile(re.escape(name[:-1]) + r"\d+d") if name.endswith("_*") else None
    found = [feature for feature in known if (windows.fullmatch(feature) if windows else feature == name)]
    if not found:
        raise LeadscoreError(f"{where}: no feature of feature_catalogue has this name. Correct it.")
    for feature in found:
        if known[feature]["kind"] != "numeric":
            raise LeadscoreError(f"{where}: {feature} is no number, so it cannot be changed by one. Remove the row.")
        if not known[feature]["is_actionable"]:
            raise LeadscoreError(
                f"{where}: {feature} is nothing that sales or marketing can bring about, says feature_catalogue. "
                "Remove the row, or set is_actionable there."
            )
    return found


def _change_of(text: str | None, where: str) -> tuple[bool, float]:
    found = _CHANGE.fullmatch((text or "").strip())
    if found is None:
        raise LeadscoreError(f"{where}: the change '{text}' cannot be read. Write it like +1 or `set 1`.")
    if found["value"] is not None:
        return False, float(found["value"])
    return True, float(found["add"] + found["step"])


def changed(frame: pd.DataFrame, action: Action) -> Columns:
    """The columns that an action changes, (n,) each, as they would be after it.

    ``frame`` has the features and, where momentum is among them, `WEEK_COLUMNS`. A change of a feature that is not
    there is left out.
    """
    new: Columns = {}
    for feature, adds, number in action.changes:
        if feature in frame.columns:
            new[feature] = _numbers(frame, feature) + number if adds else np.full(len(frame), number)
    # A touch of yesterday is a day of its own unless yesterday was active already.
    if "days_since_last_engagement" in new:
        is_new_day = _numbers(frame, "days_since_last_engagement") != 1.0
        for feature in frame.columns[frame.columns.str.fullmatch(r"active_days_\d+d")]:
            new[feature] = _numbers(frame, feature) + is_new_day
    return new | following(frame, new)


def following(frame: pd.DataFrame, new: Columns) -> Columns:
    """The features that follow from changed ones, ``new``, as `feat_leads` and `rhythm` define them."""
    found: Columns = {}

    def numbers(*names: str) -> list[NDArray[np.float64]]:
        return [new[name] if name in new else _numbers(frame, name) for name in names]

    def follows(feature: str, *parts: str) -> bool:
        return feature in frame.columns and any(part in new for part in parts)

    for rate, part in (("email_open_rate_90d", "email_opens_90d"), ("email_click_rate_90d", "email_clicks_90d")):
        if follows(rate, part, "emails_delivered_90d"):
            counted, delivered = numbers(part, "emails_delivered_90d")
            found[rate] = np.divide(counted, delivered, out=np.full(len(frame), np.nan), where=delivered != 0)
    both = {
        "pricing_and_comparison_7d": ("pricing_visits_7d", "comparison_visits_7d"),
        "webinar_and_pricing_30d": ("webinars_attended_30d", "pricing_visits_30d"),
    }
    for flag, (one, other) in both.items():
        if follows(flag, one, other):
            left, right = numbers(one, other)
            found[flag] = ((left > 0) & (right > 0)).astype(np.float64)
    if "engagements_7d" in new and set(WEEK_COLUMNS) <= set(frame.columns):
        # Week 1 is the last seven days.
        weeks = np.column_stack(numbers("engagements_7d", *WEEK_COLUMNS[1:]))
        found |= rhythm(weeks)
    return found


def _numbers(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].to_numpy(dtype=np.float64, na_value=np.nan)


def effects(model: LeadModel, frame: pd.DataFrame, actions: Sequence[Action]) -> NDArray[np.float64]:
    """By how many points each action would raise the raw score, (n rows, n actions)."""
    found = np.zeros((len(frame), len(actions)))
    for position, shift in enumerate(model.shifts(frame, (changed(frame, action) for action in actions))):
        found[:, position] = scorecard.points_from_log_odds(shift)
    return found


def strongest(points: NDArray[np.float64], most: int = MOST_ACTIONS, least: float = MIN_EFFECT) -> NDArray[np.int64]:
    """Positions of the actions worth telling of each row, (n, up to most), the strongest first, filled with -1."""
    order = np.argsort(-points, axis=1, kind="stable")[:, :most]
    return np.where(np.take_along_axis(points, order, axis=1) >= least, order, -1)


def adviser(registry: pa.Table, actions: pa.Table, catalogue: pa.Table) -> Callable[[pa.RecordBatch], pa.RecordBatch]:
    """The function that asks the champion what would raise the scores of a batch of leads most.

    Args:
        registry: one row of `ml_models`.
        actions: `what_if_actions`.
        catalogue: `feature_catalogue`.

    Returns:
        A function of a batch with `lead_id`, `as_of`, the features and `WEEK_COLUMNS`. It gives a row per lead with the
        model's version and the lists `actions` and `points`, strongest first, empty if nothing helps.
    """
    row = registry.to_pylist()[0]
    # What cannot be read is refused here, before any worker starts.
    load_registered(row)
    known = read_actions(actions, catalogue)
    reads = set(json.loads(row["feature_names"])) | set(WEEK_COLUMNS) | {f for a in known for f, *_ in a.changes}
    names = np.array([action.name for action in known], dtype=object)

    def advise(batch: pa.RecordBatch) -> pa.RecordBatch:
        # The model's text travels to workers and not the model; each of them reads it once.
        model = load_registered(row)
        frame = as_frame(batch.select([name for name in batch.schema.names if name in reads]))
        points = effects(model, frame, known)
        chosen = strongest(points)
        told = chosen >= 0
        rows = np.nonzero(told)[0]
        offsets = pa.array(np.concatenate([[0], np.cumsum(told.sum(axis=1))]).astype(np.int32))
        flat = chosen[told]
        return pa.RecordBatch.from_pydict(
            {
                "lead_id": batch.column("lead_id"),
                "as_of": batch.column("as_of"),
                "model_version": pa.array([row["model_version"]] * batch.num_rows, pa.string()),
                "actions": pa.ListArray.from_arrays(offsets, pa.array(names[flat], pa.string())),
                "points": pa.ListArray.from_arrays(offsets, pa.array(points[rows, flat], pa.float64())),
            }
        )

    return advise
