"""Are the data ready, and how much model do they carry? Each check has its threshold and its remedy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from leadscore.learning.model import BOOSTING, HYBRID, MODES, RULES
from leadscore.learning.training import MIN_CONVERSIONS_TO_BOOST, MIN_CONVERSIONS_TO_LEARN, MIN_LEADS_TO_BOOST

READY, LIMITS, ATTENTION, UNKNOWN = "ready", "limits the model", "needs attention", "unknown"
COLUMNS = ["check_name", "subject", "value", "at_least", "at_most", "verdict", "allows_mode", "remedy"]


@dataclass(frozen=True)
class Check:
    """A figure of the data with its limits, what to do beyond them, and the most model it lets through then.

    Only the figures that ``choose_mode`` counts hold a model back; the others warn.
    """

    remedy: str
    at_least: float | None = None
    at_most: float | None = None
    otherwise: str = BOOSTING

    def is_met(self, value: float) -> bool:
        """Whether the value is within the limits."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


CHECKS: Mapping[str, Check] = {
    "conversions_to_learn": Check(
        "Rule points score until more leads have converted. Load a longer history, or choose an earlier conversion_event.",
        at_least=MIN_CONVERSIONS_TO_LEARN,
        otherwise=RULES,
    ),
    "conversions_to_boost": Check(
        "Rules that learn score until more leads have converted. Load a longer history, or choose an earlier conversion_event.",
        at_least=MIN_CONVERSIONS_TO_BOOST,
        otherwise=HYBRID,
    ),
    "labelled_leads": Check(
        "Rules that learn score until more leads have been watched for a whole horizon. Load a longer history.",
        at_least=MIN_LEADS_TO_BOOST,
        otherwise=HYBRID,
    ),
    "history_months": Check(
        "Load at least half a year of history: below that, seasons and sales cycles cannot be told from skill.",
        at_least=6,
    ),
    "months_without_labels": Check(
        "In these months hardly anyone converted, as if conversions had not been recorded yet. Set training_from to the "
        "first day after them, or load what is missing.",
        at_most=0,
    ),
    "label_lag_days": Check(
        "The newest labelled snapshot is old: the sources end long before as_of. Sync them, or set as_of to their day.",
        at_most=35,
    ),
    "missing_share": Check(
        "More than half of all feature values are missing. See which columns check_sources warns of, and sync them.",
        at_most=0.5,
    ),
    "leads_with_company": Check(
        "Few leads are tied to a company, so that colleagues and intent say little. Sync work addresses, company names and "
        "salesforce.account.",
        at_least=0.5,
    ),
    "marketo_in_salesforce": Check(
        "Few people of Marketo are found in Salesforce, so that behaviour and outcome do not meet. Check the addresses in "
        "both, and the sync between them.",
        at_least=0.2,
    ),
    "leads_with_touches": Check(
        "Touches of few leads are known. Check that the activity tables are synced for the same time as the leads.",
        at_least=0.5,
    ),
    "signals_of_accounts": Check(
        "Few intent signals meet a company with leads. That is usual for bought lists; check domains in the intent data.",
        at_least=0.05,
    ),
    "conversions_in_segment": Check(
        "Quality in this segment cannot be judged yet. Read its scores with the whole population's figures in mind.",
        at_least=MIN_CONVERSIONS_TO_LEARN,
    ),
}


def judged(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures check_name, subject, value with their verdicts, in the order of ``CHECKS``.

    Columns added: at_least, at_most (the limits), verdict, allows_mode (the most model this check lets through), remedy
    (empty where nothing is to be done). A value that does not exist, such as a share of no rows, is unknown and warns only.
    """
    order = {name: place for place, name in enumerate(CHECKS)}
    rows = []
    for name, subject, given in sorted(
        figures[["check_name", "subject", "value"]].itertuples(index=False, name=None),
        key=lambda row: (order[row[0]], row[1]),
    ):
        check = CHECKS[name]
        value = float("nan") if given is None else float(given)
        is_met = check.is_met(value)
        verdict = (
            UNKNOWN if value != value else READY if is_met else ATTENTION if check.otherwise == BOOSTING else LIMITS
        )
        allows = BOOSTING if is_met else check.otherwise
        remedy = "" if is_met else check.remedy
        rows.append((name, subject, value, check.at_least, check.at_most, verdict, allows, remedy))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"value": float, "at_least": float, "at_most": float})


def mode_of(verdicts: pd.DataFrame) -> str:
    """The most model that every check lets through."""
    return min(verdicts["allows_mode"], key=MODES.index, default=RULES)
