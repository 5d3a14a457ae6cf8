"""The packages that Python models import on Snowflake, all from Snowflake's own channel: the one list of them.

dbt_project.yml names the same under `+packages`, and a test keeps the two equal. `leadscore snowflake deploy` looks up
which versions the account's channel has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

PYTHON_VERSION = "3.11"
PACKAGES = {
    "numba": ("0.61", "1"),
    "numpy": ("2.1", "3"),
    "pandas": ("2.2", "4"),
    "pyarrow": ("18", "30"),
    "scipy": ("1.14", "2"),
    "xgboost": ("3.0", "4"),
}
"""Package -> the first version that the library was tried with, and the first that it was not made for."""
TRAINING_PACKAGES = {"imbalanced-learn": ("0.12", "1")}
"""What the models that train need besides; it makes up rare conversions. Workers do without."""
ALL_PACKAGES = PACKAGES | TRAINING_PACKAGES


def lacking(available: Mapping[str, Collection[str]]) -> list[str]:
    """What is wrong with a channel, a sentence a package; none if every package is there in a version that will do.

    Snowflake takes a package's newest version, so that is the one that counts.

    Args:
        available: package -> its versions for `PYTHON_VERSION`.
    """
    said = []
    for package, (first, end) in ALL_PACKAGES.items():
        versions = sorted(available.get(package, ()), key=_numbers)
        wanted = f"The library was tried with {first} and newer, below {end}"
        if not versions:
            said.append(f"{package} is not in the channel for Python {PYTHON_VERSION}. {wanted}.")
        elif not _numbers(first) <= _numbers(versions[-1]) < _numbers(end):
            said.append(
                f"The channel's newest {package} for Python {PYTHON_VERSION} is {versions[-1]}. {wanted}: "
                f"name a version of these under `+packages` in dbt_project.yml, as in {package}=={first}.0."
            )
    return said


def _numbers(version: str) -> tuple[int, ...]:
    """A version's numbers, to compare; what follows them is left aside."""
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)
