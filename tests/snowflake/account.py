"""The account as the commands of `leadscore snowflake` see it: an environment that leads to the stand-in, and what the stand-in lacks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.transforms import stage

PASSPHRASE = "open sesame"
REPO = Path(__file__).resolve().parents[2]


def environment(port: int, database: str, key_file: Path) -> dict[str, str]:
    """The variables by which a user with a key pair connects, leading to the stand-in."""
    return {
        "SNOWFLAKE_ACCOUNT": "fakesnow",
        "SNOWFLAKE_HOST": "127.0.0.1",
        "SNOWFLAKE_PORT": str(port),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_USER": "dbt",
        "SNOWFLAKE_PRIVATE_KEY_PATH": str(key_file),
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": PASSPHRASE,
        "SNOWFLAKE_DATABASE": database,
    }


def write_key(file: Path) -> Path:
    """A new private key under PASSPHRASE. The stand-in lets any key in; the connector and the adapter must read it."""
    key = rsa.generate_private_key(65537, 2048)
    encryption = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
    return file


def clean(variables: Mapping[str, str]) -> dict[str, str]:
    """An environment without any variable of an account."""
    return {name: value for name, value in variables.items() if not name.startswith("SNOWFLAKE_")}


@contextmanager
def missing_statements() -> Iterator[list[str]]:
    """The stand-in knows no ALTER TABLE ... SWAP WITH, no REMOVE of a staged file and no GRANT. Gives all statements that were run."""
    known = FakeSnowflakeCursor.execute
    statements: list[str] = []

    def execute(cursor: FakeSnowflakeCursor, command: str, *args: Any, **kwargs: Any) -> FakeSnowflakeCursor:
        statements.append(command)
        for pattern, instead in ((SWAP, _swap), (REMOVE, _remove), (GRANT, _grant)):
            if match := pattern.fullmatch(command.strip()):
                for statement in instead(*match.groups()):
                    known(cursor, statement)
                return known(cursor, "select 'done' as status", **kwargs)
        return known(cursor, command, *args, **kwargs)

    with mock.patch.object(FakeSnowflakeCursor, "execute", execute):
        yield statements


SWAP = re.compile(r'alter table (.+)\."(\w+)" swap with \1\."(\w+)"')
REMOVE = re.compile(r"remove @(\w+\.\w+\.\w+)/(.+)")
GRANT = re.compile(r"grant (.+)", re.DOTALL)


def _swap(schema: str, one: str, other: str) -> Iterator[str]:
    """Three renames; on an account it is one step."""
    for old, new in ((one, "SWAPPING"), (other, one), ("SWAPPING", other)):
        yield f'alter table {schema}."{old}" rename to {schema}."{new}"'


def _grant(what: str) -> Iterator[str]:
    """Nobody has rights in the stand-in, so nobody needs any."""
    yield from ()


def _remove(place: str, file: str) -> Iterator[str]:
    Path(stage.internal_dir(place, file).rstrip("/")).unlink()
    yield from ()


def skeleton(folder: Path) -> Path:
    """The dbt project with its own settings, macros, exposures and names, but models of one number: built in seconds."""
    shutil.copy(REPO / "dbt_project.yml", folder)
    shutil.copytree(REPO / "macros", folder / "macros")
    for file in [*(REPO / "models").rglob("*.sql"), *(REPO / "python_models").rglob("*.py")]:
        copy = folder / file.relative_to(REPO)
        copy.parent.mkdir(parents=True, exist_ok=True)
        config = re.search(r"{{ config\(.*?\) }}", file.read_text(), re.DOTALL)
        python = "def model(dbt, session):\n    return session.create_dataframe([[1]], schema=['X'])\n"
        # The keys by which the tables that remember replace rows.
        sql = f"{config.group() if config else ''} select 1 as as_of, 1 as model_version"
        copy.write_text(python if file.suffix == ".py" else sql)
    shutil.copy(REPO / "models" / "marts" / "exposures.yml", folder / "models" / "marts")
    return folder
