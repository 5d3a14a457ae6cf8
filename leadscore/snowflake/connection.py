"""A session with the account, and Snowflake's errors as sentences with what to do."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from leadscore.errors import LeadscoreError
from leadscore.snowflake.account import GUIDE, Account

Rows = list[tuple[Any, ...]]

REMEDIES = {
    606: "name a warehouse that the role may use in SNOWFLAKE_WAREHOUSE",
    2003: "check the name, and that the role was granted access to it by the script of `leadscore snowflake grants`",
    2043: "check the name, and that the role was granted access to it by the script of `leadscore snowflake grants`",
    3001: "let an administrator run the script that `leadscore snowflake grants` prints",
    250001: "check SNOWFLAKE_ACCOUNT, and SNOWFLAKE_HOST if it is set",
    250003: "check SNOWFLAKE_ACCOUNT, and SNOWFLAKE_HOST if it is set",
    390100: "check SNOWFLAKE_USER and its credential",
    390144: "check that the user has the public key of SNOWFLAKE_PRIVATE_KEY_PATH, and the spelling of SNOWFLAKE_ACCOUNT",
    390189: "check SNOWFLAKE_ROLE, and that the role is granted to the user",
    390303: "get a new OAuth access token for SNOWFLAKE_TOKEN",
    390318: "get a new OAuth access token for SNOWFLAKE_TOKEN",
}
"""What to do, by Snowflake's number of the error."""


class Session:
    """Runs statements one at a time."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, statement: str) -> Rows:
        """The rows that a statement gives; LeadscoreError if Snowflake refuses it."""
        from snowflake.connector.errors import Error

        with self._connection.cursor() as cursor:
            try:
                return [tuple(row) for row in cursor.execute(statement).fetchall()]
            except Error as error:
                raise LeadscoreError(sentence(error)) from error


@contextmanager
def connected(account: Account) -> Iterator[Session]:
    """A session in UTC that ends with the context.

    Raises LeadscoreError if the connector is not installed, the key cannot be read, or Snowflake refuses the log-in.
    """
    connector = _connector()
    try:
        connection = connector.connect(**_arguments(account))
    except connector.errors.Error as error:
        raise LeadscoreError(sentence(error)) from error
    except (TypeError, ValueError) as error:
        if account.key_file is None:
            raise
        raise LeadscoreError(
            f"The private key {account.key_file} cannot be read: it must be a PKCS#8 file, and "
            "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE its passphrase, or unset if it has none."
        ) from error
    try:
        yield Session(connection)
    finally:
        connection.close()


def sentence(error: Any) -> str:
    """What Snowflake said, on one line, and what to do about it."""
    said = " ".join(str(error.msg or error).split())
    remedy = REMEDIES.get(error.errno, f"{GUIDE} says what each role may do and how to undo a step")
    return f"Snowflake refuses: {said.rstrip('.')}: {remedy}."


def _arguments(account: Account) -> dict[str, Any]:
    """The connector's arguments; what is not set is left to its defaults."""
    arguments: dict[str, Any] = {
        name: getattr(account, name)
        for name in ("account", "user", "role", "warehouse", "database", "host", "port", "protocol")
        if getattr(account, name) is not None
    }
    if account.token:
        arguments |= {"authenticator": "oauth", "token": account.token}
    else:
        arguments |= {"authenticator": "SNOWFLAKE_JWT", "private_key_file": str(account.key_file)}
        if account.key_passphrase:
            arguments["private_key_file_pwd"] = account.key_passphrase
    return {
        **arguments,
        "application": "leadscore",
        "login_timeout": 60,
        # Looking for the cloud it runs in asks addresses that are not the account's.
        "platform_detection_timeout_seconds": 0.0,
        "session_parameters": {"QUERY_TAG": "lead_scoring", "TIMEZONE": "UTC", "CLIENT_TELEMETRY_ENABLED": False},
    }


def _connector() -> Any:
    try:
        with warnings.catch_warnings():
            # The connector's own copy of requests warns of versions that it does not use.
            warnings.simplefilter("ignore")
            import snowflake.connector
    except ImportError as error:
        raise LeadscoreError(
            "Snowflake's connector is not installed: run `make setup-snowflake`, or "
            "`.venv/bin/pip install -e '.[snowflake]'`."
        ) from error
    return snowflake.connector
