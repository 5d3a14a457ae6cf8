"""Which account, as whom and where: the environment variables of the dbt profile, and what to do when one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from leadscore.errors import LeadscoreError
from leadscore.snowflake.names import plain

LOADER, TRANSFORMER, READER, CRM_SYNC = (
    f"LEAD_SCORING_{part}" for part in ("LOADER", "TRANSFORMER", "READER", "CRM_SYNC")
)
WAREHOUSE, DATABASE, SCHEMA = "LEAD_SCORING_WH", "LEAD_SCORING", "ANALYTICS"
GUIDE = "docs/snowflake.md"


@dataclass(frozen=True)
class Account:
    """What it takes to connect. Secrets stay out of its text."""

    account: str
    user: str
    role: str
    warehouse: str
    database: str
    schema: str
    key_file: Path | None
    key_passphrase: str | None = field(repr=False)
    token: str | None = field(repr=False)
    host: str | None
    port: int
    protocol: str


def account_of(environment: Mapping[str, str], role: str | None = None) -> Account:
    """The account that the environment names.

    Args:
        environment: environment variables; an empty one counts as absent. With SNOWFLAKE_TOKEN (OAuth) the private key
            is not looked at.
        role: the role to take, instead of SNOWFLAKE_ROLE.

    Raises LeadscoreError that names the variable and the remedy.
    """
    given = {name: value for name, value in environment.items() if value}
    account = _needed(given, "SNOWFLAKE_ACCOUNT", "the account's identifier, such as myorg-myaccount")
    user = _needed(given, "SNOWFLAKE_USER", "the user who runs the project")
    token = given.get("SNOWFLAKE_TOKEN")
    return Account(
        account=account,
        user=user,
        role=plain(role or given.get("SNOWFLAKE_ROLE", TRANSFORMER), "The role"),
        warehouse=plain(given.get("SNOWFLAKE_WAREHOUSE", WAREHOUSE), "SNOWFLAKE_WAREHOUSE"),
        database=plain(given.get("SNOWFLAKE_DATABASE", DATABASE), "SNOWFLAKE_DATABASE"),
        schema=plain(given.get("SNOWFLAKE_SCHEMA", SCHEMA), "SNOWFLAKE_SCHEMA"),
        key_file=None if token else _key_file(given),
        key_passphrase=None if token else given.get("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
        token=token,
        host=given.get("SNOWFLAKE_HOST"),
        port=_port(given.get("SNOWFLAKE_PORT", "443")),
        protocol=_protocol(given.get("SNOWFLAKE_PROTOCOL", "https")),
    )


def _needed(given: Mapping[str, str], name: str, meaning: str) -> str:
    if name not in given:
        raise LeadscoreError(f"{name} is not set: export it as {meaning} ({GUIDE}).")
    return given[name]


def _key_file(given: Mapping[str, str]) -> Path:
    name = "SNOWFLAKE_PRIVATE_KEY_PATH"
    if name not in given:
        raise LeadscoreError(
            f"Neither {name} nor SNOWFLAKE_TOKEN is set: export the path of the user's private key, or an OAuth access "
            f"token ({GUIDE})."
        )
    path = Path(given[name]).expanduser()
    if not path.is_file():
        raise LeadscoreError(f"{name} is {path}, but there is no such file: export the path of the user's private key.")
    return path


def _port(port: str) -> int:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise LeadscoreError(f"SNOWFLAKE_PORT is {port!r}, but must be a port's number; unset it for the usual one.")
    return int(port)


def _protocol(protocol: str) -> str:
    if protocol not in ("https", "http"):
        raise LeadscoreError(f"SNOWFLAKE_PROTOCOL is {protocol!r}, but must be https; http is for a stand-in only.")
    return protocol
