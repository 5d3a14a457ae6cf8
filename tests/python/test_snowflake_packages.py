"""What `leadscore snowflake deploy` says of the channel's packages."""

from __future__ import annotations

import pytest

from leadscore.channel import ALL_PACKAGES
from leadscore.errors import LeadscoreError
from leadscore.snowflake.packages import look_up

GOOD = [(package, f"{first}.9") for package, (first, _) in ALL_PACKAGES.items()]


class Channel:
    """A session whose account has these packages, or says this."""

    def __init__(self, rows: list[tuple[str, str]] | LeadscoreError) -> None:
        self.rows, self.asked = rows, ""

    def run(self, statement: str) -> list[tuple[str, str]]:
        self.asked = statement
        if isinstance(self.rows, LeadscoreError):
            raise self.rows
        return self.rows


def said(rows: list[tuple[str, str]] | LeadscoreError) -> list[str]:
    return look_up(Channel(rows), "DB")  # type: ignore[arg-type]


def test_a_channel_with_everything_is_said_to_have_it() -> None:
    assert said([*GOOD, ("numpy", "1.26.4")]) == ["The channel has every package of Python models, for Python 3.11."]


def test_each_package_that_is_lacking_is_a_warning() -> None:
    rows = [("pandas", "1.5.3"), *(row for row in GOOD if row[0] not in ("numba", "pandas"))]
    numba, pandas = said(rows)
    assert numba.startswith("Warning: numba is not in the channel for Python 3.11.")
    assert pandas.startswith("Warning: The channel's newest pandas for Python 3.11 is 1.5.3.")


def test_an_account_that_cannot_be_asked_is_no_failure() -> None:
    (only,) = said(LeadscoreError("There is no such view."))
    assert (
        only == "Whether the channel has the packages of Python models could not be looked up. There is no such view."
    )


@pytest.mark.parametrize("part", ['from "DB".information_schema.packages', "runtime_version = '3.11'", "'xgboost'"])
def test_only_these_packages_are_asked_for(part: str) -> None:
    channel = Channel(GOOD)
    look_up(channel, "DB")  # type: ignore[arg-type]
    assert part in channel.asked
    assert "language = 'python'" in channel.asked
