"""The feature catalogue holds together, and the property files say what it says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from leadscore import catalogue
from leadscore.errors import LeadscoreError

REPO = Path(__file__).resolve().parents[2]
ROWS = catalogue.read(REPO / catalogue.CATALOGUE)
FAMILIES = {"behaviour", "intent", "fit", "relationship"}
FORMATS = {
    "numeric": {"integer", "decimal", "percent", "per_hundred", "times", "growth", "change"},
    "categorical": {"text", "code"},
}
TYPES = {"numeric": {"integer", "double"}, "categorical": {"varchar"}}

every_model = pytest.mark.parametrize("path", catalogue.MODELS, ids=str)


@every_model
def test_property_files_are_the_rendered_catalogue(path: Path) -> None:
    text = (REPO / path).read_text(encoding="utf-8")
    assert text == catalogue.properties(REPO / catalogue.CATALOGUE, catalogue.MODELS[path]), (
        f"{path} is not what the catalogue says. Run `python -m leadscore.catalogue`."
    )


@every_model
def test_property_files_are_yaml_of_their_model(path: Path) -> None:
    [model] = yaml.safe_load((REPO / path).read_text(encoding="utf-8"))["models"]
    assert model["name"] == path.stem
    assert all(column["description"] for column in model["columns"])


def test_feat_leads_has_the_features_of_the_catalogue_and_nothing_else() -> None:
    # The contract makes dbt compare these columns with the query's.
    [model] = yaml.safe_load((REPO / catalogue.FEATURES).read_text(encoding="utf-8"))["models"]
    assert model["config"]["contract"]["enforced"]
    columns = [column["name"] for column in model["columns"]]
    assert columns == ["lead_id", "as_of"] + [row["feature"] for row in ROWS]


def test_rows_are_filled() -> None:
    assert [row["feature"] for row in ROWS if not all(row[name].strip() for name in catalogue.COLUMNS)] == []


def test_families_types_and_formats_are_known() -> None:
    assert {row["family"] for row in ROWS} == FAMILIES
    assert [row["feature"] for row in ROWS if row["data_type"] not in TYPES[row["kind"]]] == []
    assert [row["feature"] for row in ROWS if row["format"] not in FORMATS[row["kind"]]] == []


def test_sentences_say_the_value_unless_it_is_a_flag() -> None:
    assert [row["feature"] for row in ROWS if ("{value}" in row["sentence"]) == (row["unit"] == "flag")] == []


def test_sentences_of_their_own_hold_no_place_for_a_value() -> None:
    numeric = [row for row in ROWS if row["kind"] == "numeric"]
    assert [row["feature"] for row in numeric if "{" in row["sentence_one"] + row["sentence_zero"]] == []
    assert [row["feature"] for row in ROWS if "{" in row["sentence_missing"]] == []


def test_no_two_features_are_told_by_the_same_words() -> None:
    words = [{row[name] for name in ("sentence", "sentence_one", "sentence_zero", "sentence_missing")} for row in ROWS]
    assert sum(len(own) for own in words) == len(set.union(*words))
    assert len({row["label"] for row in ROWS}) == len(ROWS)


def test_what_the_person_is_or_others_report_is_not_actionable() -> None:
    assert {row["is_actionable"] for row in ROWS} == {"true", "false"}
    assert [
        row["feature"] for row in ROWS if row["is_actionable"] == "true" and row["family"] in ("fit", "intent")
    ] == []


def test_every_rule_point_asks_for_a_feature() -> None:
    lines = (REPO / "seeds/rule_points.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.split(",")[1] for line in lines} <= {row["feature"] for row in ROWS}


def test_catalogue_without_a_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text("feature,kind\nvisits,numeric\n", encoding="utf-8")
    with pytest.raises(LeadscoreError, match="lacks the columns data_type, family"):
        catalogue.read(path)


def test_catalogue_with_a_feature_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    row = ",".join(["visits"] * len(catalogue.COLUMNS))
    path.write_text("\n".join([",".join(catalogue.COLUMNS), row, row, ""]), encoding="utf-8")
    with pytest.raises(LeadscoreError, match="repeats visits"):
        catalogue.read(path)


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    for path in (catalogue.CATALOGUE, *catalogue.MODELS):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / catalogue.CATALOGUE).write_bytes((REPO / catalogue.CATALOGUE).read_bytes())
    catalogue.write(tmp_path)
    assert all((tmp_path / path).read_bytes() == (REPO / path).read_bytes() for path in catalogue.MODELS)


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        ("feature", "x}, {name: y", "a name of lower-case letters"),
        ("data_type", "integer, tests: [unique]", "a type such as"),
        ("description", "{{ env_var('HOME') }}", "text without {{"),
        ("description", "first\n{% do %}", "text without {{"),
    ],
)
def test_what_would_not_stay_text_in_a_property_file_is_refused(
    tmp_path: Path, column: str, value: str, wanted: str
) -> None:
    with (tmp_path / "catalogue.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=catalogue.COLUMNS)
        writer.writeheader()
        writer.writerows([ROWS[0], ROWS[1] | {column: value}])
    with pytest.raises(LeadscoreError, match=f"{column} is .* in row 2 .*Write {wanted}"):
        catalogue.read(tmp_path / "catalogue.csv")
