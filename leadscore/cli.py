"""The `leadscore` command: fills the raw tables, from a simulated world or from exports, and shows what was found."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from leadscore.errors import LeadscoreError

# A fixed day, because nothing here reads the clock: the same command gives the same world on any day.
DEFAULT_END = date(2025, 7, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors a person can mend are one sentence on stderr and exit code 2."""
    options = _parser().parse_args(arguments)
    try:
        print(options.run(options))
    except LeadscoreError as error:
        print(f"leadscore: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("leadscore: stopped; the database is as it was.", file=sys.stderr)
        return 130
    return 0


def _simulate(options: argparse.Namespace) -> str:
    # Here, so that loading exports does not wait for the imports of the simulation.
    from leadscore.simulate import simulate

    rows = simulate(
        options.database, leads=options.leads, months=options.months, seed=options.seed, end=options.end, progress=True
    )
    return f"{rows_table(rows)}\nWritten to {options.database}: {options.months} months that end on {options.end}."


def _load(options: argparse.Namespace) -> str:
    from leadscore.load import load

    return f"{load(options.directory, options.database)}\nWritten to {options.database}."


def _summary(options: argparse.Namespace) -> str:
    from leadscore.summary import summary

    return summary(options.database)


def _report(options: argparse.Namespace) -> str:
    from leadscore.report import write_report

    size = write_report(options.database, options.output)
    return f"Written to {options.output} ({size / 1024:,.0f} kB): open it in a browser."


def rows_table(rows: Mapping[str, int]) -> str:
    """Rows per table, one line each, with their sum."""
    width = max(map(len, [*rows, "table"]))
    lines = [f"{'table':<{width}} {'rows':>12}", *(f"{table:<{width}} {number:>12,}" for table, number in rows.items())]
    return "\n".join([*lines, f"{'':<{width}} {sum(rows.values()):>12,}"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="leadscore", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("simulate", help="write a simulated world of leads into the raw tables")
    command.add_argument("--leads", type=_positive, default=20_000, metavar="N", help="people (default %(default)s)")
    command.add_argument(
        "--months", type=_positive, default=24, metavar="M", help="length of history (default %(default)s)"
    )
    command.add_argument(
        "--seed", type=int, default=7, metavar="S", help="the same seed gives the same world (default %(default)s)"
    )
    command.add_argument(
        "--end",
        type=_day,
        default=DEFAULT_END,
        metavar="DATE",
        help="last day of the history, ISO (default %(default)s)",
    )
    command.set_defaults(run=_simulate)

    command = commands.add_parser(
        "load", help="bring a folder of exports, <source>/<table>.csv or .parquet, into the raw tables"
    )
    command.add_argument("directory", type=Path, metavar="DIR", help="the folder of exports")
    command.set_defaults(run=_load)

    command = commands.add_parser("summary", help="show what the newest build found: volumes, quality, the best leads")
    command.set_defaults(run=_summary)

    command = commands.add_parser("report", help="write what the newest build found as one HTML file")
    command.add_argument(
        "--output",
        type=Path,
        default=Path("report.html"),
        metavar="FILE",
        help="the HTML file (default %(default)s)",
    )
    command.set_defaults(run=_report)

    for command in commands.choices.values():
        command.add_argument(
            "--database",
            type=Path,
            default=Path(os.environ.get("LEAD_SCORING_DUCKDB") or "lead_scoring.duckdb"),
            metavar="FILE",
            help="the DuckDB file (default $LEAD_SCORING_DUCKDB, else lead_scoring.duckdb)",
        )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2025-07-01") from None


if __name__ == "__main__":
    sys.exit(main())
