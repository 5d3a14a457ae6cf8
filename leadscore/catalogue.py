"""The feature catalogue as dbt properties: each feature's meaning stands once, in seeds/feature_catalogue.csv.

`python -m leadscore.catalogue`, run from the repository's root, writes the property files of the models whose columns
are features.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from leadscore.errors import LeadscoreError

COLUMNS = (
    "feature",
    "kind",
    "data_type",
    "family",
    "topic",
    "unit",
    "format",
    "source",
    "known_because",
    "description",
    "sentence",
    "sentence_one",
    "sentence_zero",
    "sentence_missing",
    "label",
    "is_actionable",
)
# What becomes part of a property file as it stands must not be read as anything else there.
RULES = {
    "feature": (r"[a-z][a-z0-9_]*", "a name of lower-case letters, digits and _"),
    "data_type": (r"integer|bigint|double|boolean|varchar|date|timestamp", "a type such as integer, double or varchar"),
    "description": (r"(?!.*\{[{%#]).*", "text without {{, {% and {#, which dbt would read as Jinja"),
}
CATALOGUE = Path("seeds/feature_catalogue.csv")
FEATURES = Path("models/features/feat_leads.yml")
HEADER = """\
# Generated from seeds/feature_catalogue.csv by `python -m leadscore.catalogue`: change the catalogue and run it again.
"""
# Name, type, description and tests of the columns that are no features.
KEY = (
    ("lead_id", "varchar", "The person.", ""),
    ("as_of", "date", "The day at whose beginning, UTC, the lead is looked at.", ""),
)
KNOWN_KEY = (
    (*KEY[0][:3], "{relationships: {arguments: {to: ref('dim_leads'), field: lead_id}}}"),
    KEY[1],
)
LABEL = (
    ("account_key", "varchar", "The company as known on that day; a split keeps its people on one side.", ""),
    ("is_converted", "boolean", "The label: whether the lead converted within the horizon after as_of.", "not_null"),
)
MONITORED = (
    ("part", "varchar", "reference for what the champion learnt from, current for what came after.", "not_null"),
    ("week", "date", "The Monday of its week.", ""),
    LABEL[0],
    ("is_converted", "boolean", "The label; null while the horizon has not passed.", ""),
)
PURPOSE = (
    (
        "purpose",
        "varchar",
        "training, with a label, or monitoring, before its horizon is over, or scoring.",
        "not_null",
    ),
    ("is_converted", "boolean", "The label; empty for leads that are open.", ""),
    LABEL[0],
    ("age_days", "integer", "Days since the oldest record of the person was created.", ""),
    (
        "days_to_conversion",
        "integer",
        "Days until the lead converted, whether within the horizon or after it; empty if it did not.",
        "",
    ),
)
WEEKS = tuple(
    (f"week_{week}", "integer", f"Engagements in week {week} before the day, 1 the last.", "") for week in range(1, 13)
)
SCORED = (
    ("model_version", "varchar", "The model that scored the lead on the day.", ""),
    ("raw_score", "double", "The score before it is held within 0 and 100, in points.", ""),
)
SCORED_BEFORE = (
    ("then_as_of", "date", "The day of the scoring before.", ""),
    ("then_model_version", "varchar", "The model that scored the lead then.", ""),
    ("then_raw_score", "double", "The raw score then, in points.", ""),
)


@dataclass(frozen=True)
class Properties:
    """A model with a row per lead and day: `keys`, then the features, all or only those counted in windows.

    `then` adds each feature once more as it was when the lead was scored before.
    """

    name: str
    description: str
    keys: tuple[tuple[str, str, str, str], ...] = KEY
    windows_only: bool = False
    contract: bool = False
    then: bool = False


MODELS = {
    FEATURES: Properties(
        "feat_leads",
        "What was known about a lead at the beginning of a day, one row per lead and day looked at.",
        keys=KNOWN_KEY,
        contract=True,
    ),
    Path("models/features/int_features__touch_windows.yml"): Properties(
        "int_features__touch_windows",
        "How often and how recently a lead was in touch before a day, one row per lead and day looked at.",
        windows_only=True,
        contract=True,
    ),
    Path("models/learning/int_learning__labelled_rows.yml"): Properties(
        "int_learning__labelled_rows",
        "Labelled snapshots with all their features, those that the leak guard has not looked at included.",
        keys=(*LABEL, *KEY),
    ),
    Path("models/learning/int_learning__leak_rows.yml"): Properties(
        "int_learning__leak_rows",
        "Labelled snapshots and open leads with all their features, drawn by lot for the leak guard.",
        keys=(*PURPOSE, *KEY),
    ),
    Path("python_models/learning/int_learning__training_rows.yml"): Properties(
        "int_learning__training_rows",
        "Labelled snapshots with the features that no check for leaks has quarantined, the rows a model learns from.",
        keys=(*LABEL, *KEY),
    ),
    Path("models/learning/int_learning__monitored_rows.yml"): Properties(
        "int_learning__monitored_rows",
        "Snapshots that the champion learnt from and snapshots since, with their features, the rows that drift is measured on.",
        keys=(*MONITORED, *KEY),
    ),
    Path("models/scoring/int_scoring__rows.yml"): Properties(
        "int_scoring__rows",
        "The leads still open at as_of with their features, one row each.",
    ),
    Path("models/scoring/int_scoring__scored_rows.yml"): Properties(
        "int_scoring__scored_rows",
        "What leads were scored with at the two newest scorings, one row per lead and scoring.",
        keys=(*SCORED, *KEY),
    ),
    Path("models/scoring/int_scoring__rows_then_and_now.yml"): Properties(
        "int_scoring__rows_then_and_now",
        "Leads scored now and before, one row each, with their features of both days.",
        keys=(*SCORED, *SCORED_BEFORE, *KEY),
        then=True,
    ),
    Path("models/scoring/int_scoring__what_if_rows.yml"): Properties(
        "int_scoring__what_if_rows",
        "The leads still open at as_of with their features and weekly engagements, one row each.",
        keys=(*WEEKS, *KEY),
    ),
}


def read(catalogue: Path) -> list[dict[str, str]]:
    """The catalogue's rows in its order, a text per column.

    LeadscoreError if columns are missing, a feature stands there more than once, or a value would not stay text in a
    property file.
    """
    with catalogue.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    absent = [name for name in COLUMNS if not rows or name not in rows[0]]
    if absent:
        raise LeadscoreError(f"The feature catalogue {catalogue} lacks the columns {', '.join(absent)}. Add them.")
    repeated = [name for name, n in Counter(row["feature"] for row in rows).items() if n > 1]
    if repeated:
        raise LeadscoreError(f"The feature catalogue {catalogue} repeats {', '.join(repeated)}. Keep one row each.")
    for number, row in enumerate(rows, start=1):
        for name, (pattern, wanted) in RULES.items():
            if not re.fullmatch(pattern, row[name] or "", re.DOTALL):
                found = f"row {number} ('{row['feature']}') of the feature catalogue {catalogue}"
                raise LeadscoreError(f"{name} is {row[name]!r} in {found}. Write {wanted}.")
    return rows


def properties(catalogue: Path, model: Properties = MODELS[FEATURES]) -> str:
    """The text of a model's property file: contract, key, and a line per column in the catalogue's order."""
    features = [row for row in read(catalogue) if not model.windows_only or _is_window(row)]
    then = features if model.then else []
    lines = [
        "version: 2",
        "",
        "models:",
        f"  - name: {model.name}",
        f"    description: {model.description}",
        *(["    config: {contract: {enforced: true}}"] if model.contract else []),
        "    data_tests:",
        "      - unique_combination: {arguments: {columns: [lead_id, as_of]}}",
        "    columns:",
        *(_column(*key) for key in model.keys),
        *(_column(row["feature"], row["data_type"], row["description"]) for row in features),
        *(_column(f"then_{row['feature']}", row["data_type"], "Then: " + row["description"]) for row in then),
    ]
    return HEADER + "\n".join(lines) + "\n"


def write(root: Path = Path()) -> None:
    """Write the property files of all models of features into the repository at `root`."""
    for path, model in MODELS.items():
        (root / path).write_text(properties(root / CATALOGUE, model), encoding="utf-8")


def _is_window(row: dict[str, str]) -> bool:
    """Whether a feature is a count of own touches in a window or the days since the last one."""
    counted = row["data_type"] == "integer" and row["family"] == "behaviour" and row["unit"] != "flag"
    return counted and (row["feature"].startswith("days_since_last_") or row["feature"].endswith("d"))


def _column(name: str, data_type: str, description: str, tests: str = "") -> str:
    """A column on one line. JSON text is YAML text too, whatever signs it holds."""
    text = json.dumps(description, ensure_ascii=False)
    tested = f", data_tests: [{tests}]" if tests else ""
    return f"      - {{name: {name}, data_type: {data_type}, description: {text}{tested}}}"


if __name__ == "__main__":
    write()
