"""The plan for many leads: its arithmetic, and that the page says what the arithmetic gives."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadscore import warehouse

PROJECT = Path(__file__).resolve().parents[2]


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


plan = _load("snowflake_plan")


def _measured() -> dict:
    """Two worlds of a layer with a table that grows and one that is bounded, and the models that make them."""
    worlds = []
    for leads in (1_000, 2_000):
        tables = {
            "dim_leads": {"layer": "marts", "rows": leads, "bytes": 100 * leads, "uncompressed": 1_000 * leads},
            "score_bands": {"layer": "marts", "rows": 4, "bytes": 900, "uncompressed": 400},
        }
        worlds.append(
            {"leads": leads, "tables": tables, "seconds": {"dim_leads": 1 + leads / 1_000, "score_bands": 1.0}}
        )
    return {
        "worlds": worlds,
        "reads": {"dim_leads": ["score_bands", "dim_leads"], "score_bands": []},
        "memory": {"clusters": {"rows": 10, "bytes": 1_000}},
    }


@given(power=st.floats(-2, 3), scale=st.floats(0.1, 1e6))
def test_the_exponent_of_a_power_is_found(power: float, scale: float) -> None:
    leads = [5_000, 20_000, 80_000]
    assert plan.exponent(leads, [scale * one**power for one in leads]) == pytest.approx(power, abs=1e-6)


def test_a_growing_table_is_linear_and_a_bounded_one_stays() -> None:
    growth = plan.Growth(_measured())
    assert growth.table("dim_leads", "rows", 1e6) == 1e6
    assert growth.table("dim_leads", "bytes", 1e6) == 100e6 * plan.BYTES_MARGIN
    assert growth.table("score_bands", "rows", 1e6) == 4
    assert growth.scanned("marts", 1e6) == (100e6 + 900) * plan.BYTES_MARGIN


def test_seconds_grow_by_the_slope_without_the_fixed_part() -> None:
    growth = plan.Growth(_measured())
    assert growth.model_seconds("dim_leads", 1e6) == pytest.approx(1_000 * plan.CORES_PER_MODEL)


def test_partitions_and_credits() -> None:
    assert plan.partitions(0) == 1
    assert plan.partitions(plan.MICRO_PARTITION_BYTES * 2 + 1) == 3
    assert plan.credits_of(1_800, plan.CREDITS_PER_HOUR["L"]) == 4.0


def test_a_larger_warehouse_halves_the_time_and_keeps_the_credits() -> None:
    small, large = plan.spread_seconds(1e6, 0, "S"), plan.spread_seconds(1e6, 0, "M")
    assert small == pytest.approx(2 * large)
    assert plan.credits_of(small, plan.nodes("S")) == pytest.approx(plan.credits_of(large, plan.nodes("M")))


@given(core_seconds=st.floats(0, 9e5))
def test_the_warehouse_is_the_smallest_that_is_fast_enough(core_seconds: float) -> None:
    size = plan.smallest_warehouse(core_seconds, 80)
    sizes = list(plan.CREDITS_PER_HOUR)
    assert plan.spread_seconds(core_seconds, 80, size) <= plan.WANTED_SECONDS
    smaller = sizes[: sizes.index(size)]
    assert all(plan.spread_seconds(core_seconds, 80, one) > plan.WANTED_SECONDS for one in smaller)


def test_the_node_is_the_smallest_that_holds_it() -> None:
    assert plan.node_for(8e9) == "standard"
    assert plan.node_for(8e9 + 1) == "MEMORY_16X"
    assert plan.node_for(1e13) is None
    assert plan.largest_for(80, "standard") == 100_000_000


def test_batches_are_those_of_the_library() -> None:
    assert plan.BATCH_ROWS == warehouse.PARTITION_ROWS


def test_the_page_says_what_the_stored_measurements_give() -> None:
    page = plan.PAGE.read_text()
    wanted = plan.with_calculated(page, plan.calculated(json.loads(plan.GROWTH.read_text()), 3.0))
    assert page == wanted, "docs/snowflake_scale.md is stale: run `python benchmarks/snowflake_plan.py`"


def test_every_model_of_the_project_was_measured() -> None:
    measured = json.loads(plan.GROWTH.read_text())
    python_models = {path.stem for path in (PROJECT / "python_models").rglob("*.py")}
    assert python_models <= set(measured["reads"])
    assert all(set(reads) <= set(measured["worlds"][-1]["tables"]) for reads in measured["reads"].values())


def test_models_named_in_the_plan_exist() -> None:
    models = {path.stem for folder in ("models", "python_models") for path in (PROJECT / folder).rglob("*.*")}
    assert models >= {*plan.ONE_PROCESS, *plan.BATCHED}
