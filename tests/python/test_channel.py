"""What the channel of an account must hold."""

from __future__ import annotations

from leadscore import channel

GOOD = {package: [f"{first}.9"] for package, (first, _) in channel.ALL_PACKAGES.items()}


def test_a_channel_with_every_package_lacks_nothing() -> None:
    assert channel.lacking(GOOD) == []


def test_the_newest_version_counts_and_numbers_are_compared_as_numbers() -> None:
    assert channel.lacking(GOOD | {"numpy": ["1.9.0", "2.10.1", "2.9"]}) == []
    (said,) = channel.lacking(GOOD | {"xgboost": ["3.2.0", "10.0.0"]})
    assert said.startswith("The channel's newest xgboost for Python 3.11 is 10.0.0.")


def test_what_is_absent_or_too_old_is_named() -> None:
    said = channel.lacking(
        {package: versions for package, versions in GOOD.items() if package != "numba"} | {"pandas": ["1.5.3"]}
    )
    assert [sentence.split()[0] for sentence in said] == ["numba", "The"]
    assert "newest pandas for Python 3.11 is 1.5.3" in said[1]
