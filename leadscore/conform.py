"""How the names and values of an export become those of the raw schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count

NULL_WORDS = ("", "null", "none", "nan", "nat", "\\n")
"""What stands for null in columns that are not text; `\\N` is here in lower case."""

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"}
LOSSLESS = {
    "BIGINT": {"BIGINT", *_WHOLE},
    "DOUBLE": {"DOUBLE", "FLOAT", *_WHOLE},
    "TIMESTAMPTZ": {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"},
}
"""The types whose every value a type of the raw schema holds unchanged; for those not here, only the type itself."""


def key(name: str) -> str:
    """What two spellings of one name share: `CreatedDate`, `created date` and `Created_Date` are all `createddate`."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def snake_case(name: str) -> str:
    """A name as a connector lands it: `Pricebook2Id` is `pricebook_2_id`, `Custom_Field__c` is `custom_field_c`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)", "_", name)
    return re.sub(r"[\W_]+", "_", words.lower()).rstrip("_")


def column_names(headers: Sequence[str], declared: Iterable[str]) -> list[str]:
    """The raw schema's name for each header; one that is unknown is put in snake case."""
    names = {key(column): column for column in declared}
    cleaned = [header.strip("\ufeff \t") for header in headers]
    return [names.get(key(name)) or snake_case(name) or f"column_{place}" for place, name in enumerate(cleaned, 1)]


def numbered(names: Sequence[str], headers: Sequence[str], declared: Iterable[str]) -> list[str]:
    """The names, with a number after those that repeat; the header spelled exactly so, else the first, goes without."""
    reserved, used, result = {*names, *declared}, set[str](), list(names)
    for place in sorted(range(len(names)), key=lambda place: headers[place] != names[place]):
        if names[place] in used:
            result[place] = next(each for i in count(2) if (each := f"{names[place]}_{i}") not in reserved)
            reserved.add(result[place])
        used.add(names[place])
    return result


def read_as(reference: str, physical: str, type_: str) -> str:
    """SQL that reads a column of one type as another; null where that would change or lose the value."""
    if physical in LOSSLESS.get(type_, {type_}):
        return f"cast({reference} as {type_})"
    return _parsed(f"cast({reference} as VARCHAR)", type_)


def misfit(reference: str, physical: str, type_: str) -> str | None:
    """SQL that is true for the values that read_as cannot read; None if there can be none."""
    if physical in LOSSLESS.get(type_, {type_}) or type_ == "VARCHAR":
        return None
    words = ", ".join(f"'{word}'" for word in NULL_WORDS)
    return (
        f"{read_as(reference, physical, type_)} is null and lower(trim(cast({reference} as VARCHAR))) not in ({words})"
    )


def _parsed(text: str, type_: str) -> str:
    """SQL that parses a text expression.

    Times without an offset are UTC. A date written with a time keeps the day that is written. Not read, because it may
    mean several things or has lost digits: whole numbers in scientific notation, thousands separators, decimal commas,
    two-digit years, dates in another order than year-month-day.
    """
    clean = f"trim({text})"
    year_first = rf"regexp_extract({clean}, '^\d{{4}}-.*$')"
    match type_:
        case "VARCHAR":
            return text
        case "BIGINT":
            return rf"try_cast(regexp_extract({clean}, '^([+-]?\d+)(?:\.0*)?$', 1) as BIGINT)"
        case "DOUBLE":
            number = rf"try_cast(regexp_extract({clean}, '^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$') as DOUBLE)"
            return f"case when isfinite({number}) then {number} end"
        case "BOOLEAN":
            return (
                f"case when lower({clean}) in ('true', 't', 'yes', 'y', '1') then true "
                f"when lower({clean}) in ('false', 'f', 'no', 'n', '0') then false end"
            )
        case "DATE":
            return f"try_cast({year_first} as DATE)"
        case "TIMESTAMPTZ":
            return rf"try_cast(regexp_replace({year_first}, '\s+([+-]\d)', '\1') as TIMESTAMPTZ)"
    raise ValueError(f"raw_schema.csv declares the type {type_}, which the loader does not know.")
