"""The command line: what it prints, and that errors are one sentence with exit code 2."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import leadscore.simulate
from leadscore.cli import main
from leadscore.errors import LeadscoreError


def test_load_prints_what_became_of_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "salesforce").mkdir()
    (tmp_path / "salesforce/lead.csv").write_text("id,foo\n1,2\n3\n")
    assert main(["load", str(tmp_path), "--database", str(tmp_path / "raw.duckdb")]) == 0
    printed = capsys.readouterr().out
    assert "salesforce.lead" in printed
    assert "1 row left out: salesforce/lead.csv line 3" in printed
    assert "unknown columns" in printed


def test_an_error_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "leadscore.cli", "load", str(tmp_path / "absent")]
    run = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("leadscore: There is no folder")
    assert run.stderr.count("\n") == 1


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []

    def simulate(database: Path, **options: Any) -> dict[str, int]:
        calls.append({"database": database, **options})
        if options["leads"] == 13:
            raise LeadscoreError("Thirteen leads are unlucky: ask for more.")
        return {"marketo.lead": 1234, "salesforce.lead": 5}

    monkeypatch.setattr(leadscore.simulate, "simulate", simulate)
    return calls


def test_simulate_has_fixed_defaults(
    simulated: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LEAD_SCORING_DUCKDB", raising=False)
    assert main(["simulate"]) == 0
    monkeypatch.setenv("LEAD_SCORING_DUCKDB", "other.duckdb")
    assert (
        main(
            [
                "simulate",
                "--leads",
                "50",
                "--months",
                "3",
                "--seed",
                "1",
                "--end",
                "2024-02-29",
                "--drift",
                "ai_content:2024-01",
            ]
        )
        == 0
    )
    assert simulated == [
        dict(
            database=Path("lead_scoring.duckdb"),
            leads=20_000,
            months=24,
            seed=7,
            end=date(2025, 7, 1),
            progress=True,
            drift="ai_switch",
        ),
        dict(
            database=Path("other.duckdb"),
            leads=50,
            months=3,
            seed=1,
            end=date(2024, 2, 29),
            progress=True,
            drift="ai_content:2024-01",
        ),
    ]
    assert "marketo.lead           1,234" in capsys.readouterr().out


def test_errors_of_the_simulation_are_sentences_too(
    simulated: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--leads", "13"]) == 2
    assert capsys.readouterr().err == "leadscore: Thirteen leads are unlucky: ask for more.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["simulate", "--leads", "0"], "'0' is not a whole number above 0"),
        (["simulate", "--months", "two"], "'two' is not a whole number above 0"),
        (["simulate", "--end", "July"], "'July' is not a date such as 2025-07-01"),
        ([], "COMMAND"),
        (["load"], "DIR"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 2
    assert message in capsys.readouterr().err
