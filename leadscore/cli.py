"""The `leadscore` command: fills the raw tables, from a simulated world or from exports, and shows what was found."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from leadscore.arguments import add_world
from leadscore.errors import LeadscoreError
from leadscore.rows import rows_table
from leadscore.snowflake.commands import add_commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors a person can mend are one sentence on stderr and exit code 2."""
    options = _parser().parse_args(arguments)
    try:
        print(options.run(options))
    except LeadscoreError as error:
        print(f"leadscore: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"leadscore: stopped; {options.stopped}.", file=sys.stderr)
        return 130
    return 0


def _simulate(options: argparse.Namespace) -> str:
    # Here, so that loading exports does not wait for the imports of the simulation.
    from leadscore.simulate import simulate

    rows = simulate(
        options.database,
        leads=options.leads,
        months=options.months,
        seed=options.seed,
        end=options.end,
        progress=True,
        drift=options.drift,
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="leadscore", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("simulate", help="write a simulated world of leads into the raw tables")
    add_world(command)
    command.add_argument(
        "--drift",
        default="ai_switch",
        metavar="NAME[:MONTH]",
        help="what changes on the way, and from which month: ai_switch (mild), ai_content (strong) or none, as in "
        "ai_content:2025-01 (default %(default)s)",
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
        command.set_defaults(stopped="the database is as it was")

    add_commands(commands.add_parser("snowflake", help="what is done around a Snowflake account: docs/snowflake.md"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
