"""What the tests on the stand-in for Snowflake share in one pytest process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stand_in import StandIn, server
from worlds import simulated


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """The port of the stand-in's server."""
    with server() as port:
        yield port


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw tables with enough conversions for the hybrid of rules and regression."""
    return simulated(tmp_path_factory.mktemp("worlds") / "world", leads=700)


@pytest.fixture(scope="session")
def stand_in(port: int, world: Path, tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    """The stand-in with the raw tables of that world, nothing built yet."""
    made = StandIn(port, tmp_path_factory.mktemp("snowflake"))
    made.load_demo(world)
    made.deploy_library()
    return made
