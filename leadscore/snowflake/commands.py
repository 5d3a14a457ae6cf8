"""`leadscore snowflake ...`: its commands, their options, and what they print."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from leadscore import __version__
from leadscore.arguments import add_world
from leadscore.errors import LeadscoreError
from leadscore.snowflake import account as accounts

if TYPE_CHECKING:
    from leadscore.snowflake.grants import Names

STOPPED = "what was done until then stands, and the same command goes on from there"


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Add the commands to the parser of `leadscore snowflake`. Each one sets `run` and what it says when stopped."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser(
        "package", help="print the name of the library's zip and write it into dbt_project.yml, for Python models"
    )
    _add_project(command)
    command.set_defaults(run=_package)

    command = commands.add_parser("deploy", help="put the library's zip on its stage, where Python models import it")
    _add_project(command)
    command.set_defaults(run=_deploy)

    command = commands.add_parser("undeploy", help="remove the library's zips from the stage")
    _add_project(command)
    command.add_argument("--keep-current", action="store_true", help="keep the one that dbt_project.yml names")
    command.set_defaults(run=_undeploy)

    command = commands.add_parser("load-demo", help="simulate a world of leads and load it into the raw schemas")
    add_world(command)
    command.add_argument(
        "--database-file", type=Path, metavar="FILE", help="keep the world in this DuckDB file too (default: do not)"
    )
    command.add_argument("--replace", action="store_true", help="replace raw tables that were not simulated")
    command.add_argument(
        "--role",
        default=os.environ.get("SNOWFLAKE_LOADER_ROLE") or accounts.LOADER,
        metavar="ROLE",
        help="the role that loads (default $SNOWFLAKE_LOADER_ROLE, else %(default)s)",
    )
    command.set_defaults(run=_load_demo)

    command = commands.add_parser("grants", help="print the script that makes roles, schemas and grants")
    _add_project(command)
    _add_names(command)
    command.set_defaults(run=_grants)

    for command in commands.choices.values():
        command.set_defaults(stopped=STOPPED)


def _package(options: argparse.Namespace) -> str:
    from leadscore.library_package import package_name
    from leadscore.snowflake.imports_line import PROJECT_FILE, rewrite

    name = package_name()
    changed = rewrite(options.project_dir, name)
    return f"{name}\n{PROJECT_FILE} {'now names it' if changed else 'names it already'}."


def _deploy(options: argparse.Namespace) -> str:
    from leadscore.library_package import build_package
    from leadscore.snowflake.connection import connected
    from leadscore.snowflake.imports_line import PROJECT_FILE, rewrite
    from leadscore.snowflake.library import deploy
    from leadscore.snowflake.packages import look_up

    account = accounts.account_of(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        package = build_package(Path(folder))
        with connected(account) as session:
            said = deploy(session, account.database, account.schema, package)
            said += look_up(session, account.database)
        if rewrite(options.project_dir, package.name):
            said.append(f"{PROJECT_FILE} now names it: keep that change.")
    return "\n".join(said)


def _undeploy(options: argparse.Namespace) -> str:
    from leadscore.snowflake.connection import connected
    from leadscore.snowflake.imports_line import imported_zip
    from leadscore.snowflake.library import undeploy

    keep = imported_zip(options.project_dir) if options.keep_current else None
    account = accounts.account_of(os.environ)
    with connected(account) as session:
        return "\n".join(undeploy(session, account.database, account.schema, keep))


def _load_demo(options: argparse.Namespace) -> str:
    from leadscore.rows import rows_table
    from leadscore.simulate import simulate
    from leadscore.snowflake.connection import connected
    from leadscore.snowflake.demo import load_demo

    account = accounts.account_of(os.environ, role=options.role)
    label = f"{options.leads} leads, {options.months} months until {options.end}, seed {options.seed}, version {__version__}"
    with tempfile.TemporaryDirectory() as folder, connected(account) as session:
        file = options.database_file or Path(folder) / "world.duckdb"
        simulate(file, options.leads, options.months, options.seed, options.end)
        loaded = load_demo(session, file, label, account.database, replace=options.replace)
    kept = f" {len(loaded.kept)} of {len(loaded.rows)} tables were there already." if loaded.kept else ""
    return (
        f"{rows_table(loaded.rows)}\nLoaded into {account.database}: {label}.{kept}\n"
        f"Build it with `dbt build --target snowflake --vars '{{as_of: {options.end}}}'`."
    )


def _grants(options: argparse.Namespace) -> str:
    from leadscore.snowflake.grants import account_script, checked, tables_script
    from leadscore.snowflake.project import project_of

    names = checked(_names(options))
    project = project_of(options.project_dir, names.schema)
    return tables_script(project, names) if options.tables else account_script(project, names, options.raw_exists)


def _names(options: argparse.Namespace) -> Names:
    from leadscore.snowflake.grants import Names

    try:
        public_key = options.public_key and options.public_key.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise LeadscoreError(f"The public key {options.public_key} cannot be read: name its file.") from error
    given = {name: getattr(options, name) for name in vars(Names()) if getattr(options, name) is not None}
    return Names(**{"raw_database": options.database, **given, "public_key": public_key})


def _add_project(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--project-dir", type=Path, default=Path(), metavar="DIR", help="the dbt project (default: this folder)"
    )


def _add_names(command: argparse.ArgumentParser) -> None:
    """Options with the defaults of the environment, so that script, profile and commands speak of the same places."""
    for name, variable, default, meaning in (
        ("loader", "SNOWFLAKE_LOADER_ROLE", accounts.LOADER, "the role that loads raw tables"),
        ("transformer", "SNOWFLAKE_ROLE", accounts.TRANSFORMER, "the role that builds"),
        ("reader", "SNOWFLAKE_READER_ROLE", accounts.READER, "the role that reads what is public"),
        ("crm-sync", "SNOWFLAKE_CRM_SYNC_ROLE", accounts.CRM_SYNC, "the role that writes scores to the CRM"),
        ("warehouse", "SNOWFLAKE_WAREHOUSE", accounts.WAREHOUSE, "the warehouse"),
        ("database", "SNOWFLAKE_DATABASE", accounts.DATABASE, "the database that is built in"),
        ("schema", "SNOWFLAKE_SCHEMA", accounts.SCHEMA, "the schema of the profile"),
    ):
        command.add_argument(
            f"--{name}",
            default=os.environ.get(variable) or default,
            metavar="NAME",
            help=f"{meaning} (default ${variable}, else {default})",
        )
    for name, variable, meaning in (
        ("large-warehouse", "SNOWFLAKE_LARGE_WAREHOUSE", "a warehouse for the layers that grow with the touches"),
        ("memory-warehouse", "SNOWFLAKE_MEMORY_WAREHOUSE", "a warehouse for the Python models that are one process"),
    ):
        command.add_argument(
            f"--{name}",
            default=os.environ.get(variable) or None,
            metavar="NAME",
            help=f"{meaning} (default ${variable}, else none)",
        )
    command.add_argument("--raw-database", metavar="NAME", help="the database of the raw tables (default: the same)")
    command.add_argument("--user", metavar="NAME", help="make this user too, with the roles of loader and transformer")
    command.add_argument("--public-key", type=Path, metavar="FILE", help="the user's public key, a PEM file")
    command.add_argument(
        "--raw-exists", action="store_true", help="the raw tables are there already: let the transformer read them too"
    )
    command.add_argument(
        "--tables", action="store_true", help="print SELECT on the public tables instead, for tables that stand"
    )
