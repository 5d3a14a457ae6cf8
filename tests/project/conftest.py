"""What the tests of the project share in one pytest process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt_runner import run_dbt
from warm_dbt import WarmDbt
from worlds import VARIABLES, copied, simulated


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmDbt]:
    """The project, parsed once."""
    process = WarmDbt(tmp_path_factory.mktemp("dbt"))
    yield process
    process.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw tables with enough leads for gradient boosting."""
    return simulated(tmp_path_factory.mktemp("worlds") / "world", leads=1700)


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw tables with so few conversions that rules score."""
    return simulated(tmp_path_factory.mktemp("worlds") / "small", leads=250, months=10)


@pytest.fixture(scope="session")
def built(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That world built as a person would build it, tests and all."""
    database = copied(world, tmp_path_factory.mktemp("worlds") / "built")
    result = run_dbt(["build"], database, VARIABLES)
    assert result.ok, result.output
    return database
