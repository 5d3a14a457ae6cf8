"""What the tests of the project share in one pytest process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from warm_dbt import WarmDbt


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmDbt]:
    """The project, parsed once."""
    process = WarmDbt(tmp_path_factory.mktemp("dbt"))
    yield process
    process.close()
