"""The summary of a build says what is there, and says so when there is no build."""

from pathlib import Path

import duckdb
import pytest

from leadscore.errors import LeadscoreError
from leadscore.summary import summary


def test_a_database_without_a_build_is_named(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as connection:
        connection.execute("create table t as select 1 as x")
    with pytest.raises(LeadscoreError, match=r"raw.duckdb has no table fct_lead_scores: run `dbt build` first"):
        summary(tmp_path / "raw.duckdb")
