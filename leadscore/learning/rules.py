"""Rule points: the hand-made scorecard that starts a model and stands beside it for comparison.

A rule adds its points when a feature meets a condition. Ten points double the odds, as everywhere in this house.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError
from leadscore.learning.encoding import Table, as_frame, category_values, column_of, numeric_values
from leadscore.scorecard import LOG_ODDS_PER_POINT

COLUMNS = ("rule", "feature", "operator", "threshold", "points")
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
OPERATORS = (*_COMPARISONS, "=", "!=", "in", "is_null", "is_not_null")


@dataclass(frozen=True)
class Rule:
    """Points for a feature that meets a condition; the threshold is text, as in the seed.

    ``in`` takes values separated by ``|`` (by commas when there is none). A missing value meets only ``is_null``.
    """

    rule: str
    feature: str
    operator: str
    threshold: str
    points: float

    @property
    def log_odds(self) -> float:
        """What the rule adds to the log-odds when it is met."""
        return self.points * LOG_ODDS_PER_POINT

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_rules(table: pd.DataFrame | Sequence[Rule] | None, feature_names: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of a table with the columns rule, feature, operator, threshold and points, in its order.

    A rule with an unknown feature or operator, or points that are no number, ends in a LeadscoreError naming its row.
    """
    if table is None:
        return ()
    if not isinstance(table, pd.DataFrame):
        return tuple(table)
    absent = [name for name in COLUMNS if name not in table.columns]
    if absent:
        raise LeadscoreError(f"The table of rule points lacks the columns {', '.join(absent)}; add them.")
    rows = table[list(COLUMNS)].astype(object).where(table[list(COLUMNS)].notna(), None)
    known = set(feature_names)
    return tuple(_read_rule(number, row, known) for number, row in enumerate(rows.itertuples(index=False), start=1))


def _read_rule(number: int, row: Any, known: set[str]) -> Rule:
    where = f"Row {number} of the rule points ('{row.rule}')"
    if row.feature not in known:
        raise LeadscoreError(f"{where} names the feature '{row.feature}', which does not exist. Correct its name.")
    if row.operator not in OPERATORS:
        raise LeadscoreError(f"{where} has the operator '{row.operator}'; use one of {', '.join(OPERATORS)}.")
    threshold = "" if row.threshold is None else str(row.threshold).strip()
    if not threshold and row.operator not in ("is_null", "is_not_null"):
        raise LeadscoreError(f"{where} has no threshold; the operator '{row.operator}' needs one.")
    if row.operator in _COMPARISONS:
        _number(threshold, where)
    try:
        points = float(row.points)
    except (TypeError, ValueError):
        points = np.nan
    if not np.isfinite(points):
        raise LeadscoreError(f"{where} gives {row.points!r} points; write a number.")
    return Rule(str(row.rule), str(row.feature), str(row.operator), threshold, points)


def rule_points(features: Table, rules: pd.DataFrame | Sequence[Rule]) -> NDArray[np.float64]:
    """Points (n_rows, n_rules): a rule's points where its condition is met, else zero."""
    frame = as_frame(features)
    read = read_rules(rules, [str(name) for name in frame.columns])
    return np.asarray(rules_met(frame, read) * np.array([rule.points for rule in read]))


def rules_met(frame: pd.DataFrame, rules: Sequence[Rule]) -> NDArray[np.float64]:
    """1.0 where a rule's condition is met, else 0.0, as (n_rows, n_rules)."""
    met = np.zeros((len(frame), len(rules)))
    for position, rule in enumerate(rules):
        met[:, position] = _is_met(column_of(frame, rule.feature), rule)
    return met


def _is_met(column: pd.Series[Any], rule: Rule) -> NDArray[np.bool_]:
    where = f"The rule '{rule.rule}'"
    if rule.operator in ("is_null", "is_not_null"):
        return np.asarray(column.isna() if rule.operator == "is_null" else column.notna(), dtype=bool)
    if rule.operator in _COMPARISONS:
        values = numeric_values(column, rule.feature)
        with np.errstate(invalid="ignore"):
            return np.asarray(_COMPARISONS[rule.operator](values, _number(rule.threshold, where)), dtype=bool)
    if not column.notna().any():
        # A column without values may come as any type.
        return np.zeros(len(column), dtype=bool)
    wanted = [rule.threshold]
    if rule.operator == "in":
        wanted = [text.strip() for text in rule.threshold.split("|" if "|" in rule.threshold else ",")]
    if _is_text(column):
        codes, texts = category_values(column, rule.feature)
        present, found = codes >= 0, np.isin(np.array([*texts, ""], dtype=object), wanted)[codes]
    else:
        values = numeric_values(column, rule.feature)
        present, found = ~np.isnan(values), np.isin(values, [_number(text, where) for text in wanted])
    return present & (~found if rule.operator == "!=" else found)


def _is_text(column: pd.Series[Any]) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return True
    return pd.api.types.infer_dtype(column, skipna=True) in ("string", "mixed", "mixed-integer", "bytes")


def _number(text: str, where: str) -> float:
    spelled = {"true": "1", "false": "0"}.get(text.lower(), text)
    try:
        number = float(spelled)
    except ValueError:
        number = np.nan
    if np.isnan(number):
        raise LeadscoreError(f"{where} compares with '{text}', which is no number. Write a number.")
    return number
