"""Arguments that more than one command takes."""

from __future__ import annotations

import argparse
from datetime import date

# A fixed day, because nothing here reads the clock: the same command gives the same world on any day.
DEFAULT_END = date(2025, 7, 1)


def add_world(command: argparse.ArgumentParser) -> None:
    """What names a simulated world: leads, months, seed and end."""
    command.add_argument("--leads", type=positive, default=20_000, metavar="N", help="people (default %(default)s)")
    command.add_argument(
        "--months", type=positive, default=24, metavar="M", help="length of history (default %(default)s)"
    )
    command.add_argument(
        "--seed", type=int, default=7, metavar="S", help="the same seed gives the same world (default %(default)s)"
    )
    command.add_argument(
        "--end",
        type=day,
        default=DEFAULT_END,
        metavar="DATE",
        help="last day of the history, ISO (default %(default)s)",
    )


def positive(text: str) -> int:
    """A whole number above 0."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def day(text: str) -> date:
    """An ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2025-07-01") from None
