"""The project keeps its own rules: data walks forward only, everything is described and keyed, nothing reads the clock."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from dbt_runner import REPO
from warm_dbt import WarmDbt

from leadscore.snowflake.project import APPLICATION, project_of

LAYERS = ["staging", "identity", "timeline", "features", "learning", "scoring", "marts"]

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(dbt: WarmDbt, tmp_path_factory: pytest.TempPathFactory) -> Node:
    result = dbt.run(["parse"], tmp_path_factory.mktemp("parsed") / "world.duckdb")
    assert result.ok, result.output
    return json.loads((dbt.target / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest: Node) -> dict[str, Node]:
    found = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert len(found) > 70
    return found


def layer(node: Node) -> str:
    """The room of a model: the first folder below models/ or python_models/."""
    return Path(node["path"]).parts[0]


def test_every_model_stands_in_a_layer_and_its_schema(models: dict[str, Node]) -> None:
    assert {layer(node) for node in models.values()} == set(LAYERS)
    assert [name for name, node in models.items() if node["config"]["schema"] != layer(node)] == []


def test_a_layer_reads_only_itself_and_earlier_ones(models: dict[str, Node]) -> None:
    backward = [
        f"{node['name']} ({layer(node)}) reads {models[read]['name']} ({layer(models[read])})"
        for node in models.values()
        for read in node["depends_on"]["nodes"]
        if read in models and LAYERS.index(layer(models[read])) > LAYERS.index(layer(node))
    ]
    assert backward == []


def test_sources_are_read_only_in_staging(models: dict[str, Node]) -> None:
    readers = {
        layer(node) for node in models.values() for read in node["depends_on"]["nodes"] if read.startswith("source.")
    }
    assert readers == {"staging"}


def test_no_model_names_a_table_past_ref_and_source(models: dict[str, Node]) -> None:
    schema = r"\b(analytics_?\w*|" + "|".join(["marketo", "salesforce", "bombora", "g2", "truth"]) + r")\.[a-z_\"]+"
    after_from = re.compile(r"(?:from|join)\s+" + schema, re.IGNORECASE)
    assert [node["name"] for node in models.values() if after_from.search(node["raw_code"])] == []


def test_every_model_and_seed_is_described(manifest: Node) -> None:
    tables = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert [node["name"] for node in tables if not node["description"].strip()] == []


def test_every_model_has_a_tested_key(manifest: Node, models: dict[str, Node]) -> None:
    tested: dict[str, set[tuple[str, str | None]]] = {name: set() for name in models}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("test_metadata") and node.get("attached_node") in tested:
            metadata = node["test_metadata"]
            tested[node["attached_node"]].add((metadata["name"], metadata["kwargs"].get("column_name")))

    def has_key(tests: set[tuple[str, str | None]]) -> bool:
        unique = {column for name, column in tests if name == "unique"}
        filled = {column for name, column in tests if name == "not_null"}
        return bool(unique & filled) or any(name == "unique_combination" for name, _ in tests)

    assert [models[name]["name"] for name, tests in tested.items() if not has_key(tests)] == []


def test_table_names_are_unique_across_schemas(manifest: Node) -> None:
    names = [node["alias"].lower() for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert sorted(names) == sorted(set(names))


def test_the_grants_script_knows_the_project_as_dbt_does(manifest: Node) -> None:
    facts = project_of(REPO, "analytics")
    tables = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert {name: (relation.schema, relation.kind) for name, relation in facts.relations.items()} == {
        node["name"]: (node["schema"], "view" if node["config"]["materialized"] == "view" else "table")
        for node in tables
    }
    sources = {node["schema"] for node in manifest["sources"].values()}
    assert set(facts.raw_schemas) == sources
    exposures = manifest["exposures"].values()
    for public, of in ((facts.read, exposures), (facts.synced, [e for e in exposures if e["type"] == APPLICATION])):
        assert public == {id.rpartition(".")[2] for exposure in of for id in exposure["depends_on"]["nodes"]}


def test_the_clock_is_read_in_one_place() -> None:
    clock = re.compile(
        r"\b(now|getdate|sysdate|today|utcnow|get_current_timestamp|current_date|current_timestamp|localtimestamp|time\.time|monotonic)\s*\("
        r"|\b(current_date|current_timestamp|localtimestamp|run_started_at|transaction_timestamp)\b",
        re.IGNORECASE,
    )
    folders = [
        "models",
        "python_models",
        "macros",
        "analyses",
        "seeds",
        "leadscore",
        "tests/generic",
        "tests/invariants",
    ]
    files = [
        file for folder in folders for file in (REPO / folder).rglob("*") if file.suffix in (".sql", ".py", ".yml")
    ]
    assert [str(file.relative_to(REPO)) for file in files if clock.search(file.read_text("utf-8"))] == [
        "macros/setting.sql"
    ]


@pytest.mark.parametrize(("folder", "pattern", "most"), [("models", "*.sql", 120), ("python_models", "*.py", 40)])
def test_models_fit_on_a_screen(folder: str, pattern: str, most: int) -> None:
    files = list((REPO / folder).rglob(pattern))
    assert files
    assert {file.name: n for file in files if (n := len(file.read_text("utf-8").splitlines())) > most} == {}
