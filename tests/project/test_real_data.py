"""Real files build green, and the scores of real leads are as good as the reference that comes with them."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from dbt_runner import REPO, read_rows, run_dbt

from leadscore.load import load

SOURCE = os.environ.get("LEAD_SCORING_REAL_DATA", "")
"""The folder that benchmarks/README.md describes."""

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.xdist_group("real_data"),
    pytest.mark.skipif(not SOURCE, reason="LEAD_SCORING_REAL_DATA does not name the folder of the real files"),
]

BUILD = ["build", "--exclude-resource-type", "unit_test"]
AFTER_ALL_ROWS = {"as_of": "2020-06-01", "g2_enabled": False}


@pytest.fixture(scope="module", autouse=True)
def benchmarks() -> Iterator[None]:
    """The scripts of benchmarks/ can be imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(REPO / "benchmarks")
        yield


@pytest.fixture(scope="module")
def olist(benchmarks: None) -> ModuleType:
    return importlib.import_module("olist")


@pytest.fixture(scope="module")
def marketplace(olist: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Olist leads, built with all tests of the data; a failure shows dbt's own words."""
    database = tmp_path_factory.mktemp("olist") / "world.duckdb"
    olist.build(Path(SOURCE), database)
    return database


@pytest.fixture(scope="module")
def samples(benchmarks: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a real connector and a real Bombora extract in one database; each test builds it its own way."""
    real_data = importlib.import_module("real_data")
    home = tmp_path_factory.mktemp("samples")
    for data_set in (real_data.fivetran, real_data.bombora):
        real_data.write(data_set(Path(SOURCE)), home / "exports")
    load(home / "exports", home / "world.duckdb", progress=False)
    return home / "world.duckdb"


def test_the_model_reaches_the_reference_on_leads_of_later_months(olist: ModuleType, marketplace: Path) -> None:
    rows = olist.first_contacts(marketplace)
    metrics = olist.judge(rows, rows["as_of"] < olist.APRIL, rows["as_of"] >= olist.APRIL)["value"]
    assert len(rows) == 5997
    # Ahead in PR-AUC and a tie in ROC-AUC: another seed moves it by 0.001, other months' leads by 0.03.
    assert metrics["pr_auc"] >= olist.REFERENCE["pr_auc"]
    assert metrics["roc_auc"] >= olist.REFERENCE["roc_auc"] - 0.002


def test_every_open_lead_has_a_score(marketplace: Path) -> None:
    counts = """
        select
            (select count(*) from salesforce.lead where not is_converted),
            (select count(*) from analytics_scoring.fct_lead_scores),
            (
                select count(*) from analytics_scoring.fct_lead_scores as scores
                inner join analytics_marts.dim_leads as leads using (lead_id)
                where leads.converted_at is null and scores.score between 0 and 100
            )
    """
    assert read_rows(marketplace, counts) == [(7158, 7158, 7158)]


def test_connector_tables_build_with_a_bombora_extract(samples: Path) -> None:
    result = run_dbt(BUILD, samples, AFTER_ALL_ROWS)
    assert result.ok, result.output
    signals = (
        "select vendor, count(*), min(strength), max(strength) from analytics_timeline.fct_intent_signals group by 1"
    )
    extract = "select 'bombora', count(*), min(composite_score), max(composite_score) from bombora.company_surge"
    assert read_rows(samples, signals) == read_rows(samples, extract)
    assert read_rows(samples, "select count(*) from bombora.company_surge") == [(10_000,)]


def test_connector_tables_build_without_intent_and_with_another_conversion(samples: Path) -> None:
    variables = AFTER_ALL_ROWS | {"bombora_enabled": False, "conversion_event": "lead_converted"}
    result = run_dbt(BUILD, samples, variables)
    assert result.ok, result.output
    counts = """
        select
            (select count(*) from analytics_timeline.fct_intent_signals),
            (select count(*) from salesforce.lead where is_converted),
            (select count(converted_at) from analytics_marts.dim_leads),
            (select count(*) filter (converted_at is null) from analytics_marts.dim_leads),
            (select count(*) from analytics_scoring.fct_lead_scores)
    """
    assert read_rows(samples, counts) == [(0, 1, 1, 104, 104)]
