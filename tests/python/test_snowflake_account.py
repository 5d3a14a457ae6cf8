"""Which account, as whom: what is missing or wrong in the environment is named with its remedy; and Snowflake's errors."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest

from leadscore.cli import main
from leadscore.errors import LeadscoreError
from leadscore.snowflake.account import account_of
from leadscore.snowflake.connection import REMEDIES, _arguments, sentence


@pytest.fixture
def key_pair(tmp_path: Path) -> dict[str, str]:
    """The least that a key pair needs."""
    (tmp_path / "key.p8").touch()
    return {
        "SNOWFLAKE_ACCOUNT": "o-a",
        "SNOWFLAKE_USER": "U",
        "SNOWFLAKE_PRIVATE_KEY_PATH": str(tmp_path / "key.p8"),
    }


OAUTH = {"SNOWFLAKE_ACCOUNT": "o-a", "SNOWFLAKE_USER": "U", "SNOWFLAKE_TOKEN": "secret token"}


def test_a_key_pair_has_the_defaults_of_the_profile(key_pair: dict[str, str]) -> None:
    account = account_of(key_pair)
    assert (account.role, account.warehouse) == ("LEAD_SCORING_TRANSFORMER", "LEAD_SCORING_WH")
    assert (account.database, account.schema) == ("LEAD_SCORING", "ANALYTICS")
    assert _arguments(account)["authenticator"] == "SNOWFLAKE_JWT"
    assert "private_key_file_pwd" not in _arguments(account)
    with_passphrase = _arguments(account_of(key_pair | {"SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "p"}))
    assert with_passphrase["private_key_file_pwd"] == "p"


def test_a_token_takes_the_place_of_the_key(key_pair: dict[str, str]) -> None:
    gone = {"SNOWFLAKE_PRIVATE_KEY_PATH": "/no/such/key", "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "p"}
    for environment in (OAUTH, key_pair | OAUTH | gone):
        arguments = _arguments(account_of(environment))
        assert arguments["authenticator"] == "oauth"
        assert arguments["token"] == "secret token"
        assert not [name for name in arguments if "private" in name or name == "password"]


@pytest.mark.parametrize("missing", ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PRIVATE_KEY_PATH"])
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_each_missing_variable_is_named_with_what_to_do(missing: str, how: str, key_pair: dict[str, str]) -> None:
    environment = key_pair | {missing: ""}
    if how == "absent":
        del environment[missing]
    with pytest.raises(LeadscoreError, match=rf"{missing} .*set: export .*docs/snowflake\.md"):
        account_of(environment)


@pytest.mark.parametrize("missing", ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER"])
def test_a_token_needs_account_and_user_too(missing: str) -> None:
    with pytest.raises(LeadscoreError, match=f"{missing} is not set: export it"):
        account_of({name: value for name, value in OAUTH.items() if name != missing})


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SNOWFLAKE_PRIVATE_KEY_PATH", "/no/such/key", "there is no such file: export"),
        ("SNOWFLAKE_ROLE", 'R"; drop', "The role is .* must be a plain name"),
        ("SNOWFLAKE_WAREHOUSE", "W W", "SNOWFLAKE_WAREHOUSE is .* must be a plain name"),
        ("SNOWFLAKE_DATABASE", "D.E", "SNOWFLAKE_DATABASE is .* must be a plain name"),
        ("SNOWFLAKE_SCHEMA", "$$", "SNOWFLAKE_SCHEMA is .* must be a plain name"),
        ("SNOWFLAKE_PORT", "http", "must be a port's number; unset it"),
        ("SNOWFLAKE_PORT", "65536", "must be a port's number; unset it"),
        ("SNOWFLAKE_PROTOCOL", "ftp", "must be https"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(variable: str, value: str, said: str, key_pair: dict[str, str]) -> None:
    with pytest.raises(LeadscoreError, match=said):
        account_of(key_pair | {variable: value})


def test_no_secret_is_in_the_text_of_an_account(key_pair: dict[str, str]) -> None:
    account = account_of(OAUTH)
    assert "secret" not in f"{account!r} {account}"
    passphrase = account_of(key_pair | {"SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "sesame"})
    assert "sesame" not in f"{passphrase!r} {passphrase}"
    assert dataclasses.asdict(passphrase)["key_passphrase"] == "sesame"


def test_commands_that_connect_say_it_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT", raising=False)
    for command in (["deploy"], ["undeploy"], ["load-demo"]):
        assert main(["snowflake", *command]) == 2
        said = capsys.readouterr().err
        assert said.startswith("leadscore: SNOWFLAKE_ACCOUNT is not set: export it")
        assert said.count("\n") == 1


@pytest.mark.parametrize("number", [*REMEDIES, 999999, None])
def test_every_error_of_snowflake_ends_in_a_remedy(number: int | None) -> None:
    said = sentence(SimpleNamespace(msg="Something\n  is wrong.", errno=number))
    assert said.startswith("Snowflake refuses: Something is wrong: ")
    assert said.endswith((f"{REMEDIES[number]}.",) if number in REMEDIES else ("undo a step.",))
