"""dbt parsed once, then forked for every run: what `dbt_runner.run_dbt` does, without the seconds of importing and parsing.

As a program it is the process that parses and forks. It takes a JSON object a line (args, database, log) and answers each with the
exit code. Runs that set `<source>_schema` or `<source>_database` need a parse of their own: use `run_dbt` for them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dbt_runner import REPO, CompletedResult

ONE_THREAD = {"LEAD_SCORING_THREADS": "1", "LEAD_SCORING_DBT_THREADS": "1"}
"""Tests run beside each other, so each is quickest on a core of its own."""


class WarmDbt:
    """A dbt process for one project; every database it works on is called world.duckdb, as parsing has settled its name."""

    def __init__(self, home: Path, project: Path = REPO) -> None:
        shutil.copyfile(project / "profiles.yml.example", home / "profiles.yml")
        self.target = home / "target"
        self._log = home / "server.txt"
        self._home = home
        self._runs = 0
        command = [sys.executable, __file__, str(home)]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, cwd=project, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def run(
        self, args: Sequence[str], database: Path, variables: Mapping[str, Any] | None = None, **environment: str
    ) -> CompletedResult:
        """Run dbt on a database with the project's variables and further environment variables."""
        assert database.name == "world.duckdb", "The project was parsed for a database of another name."
        assert self._process.stdin
        assert self._process.stdout
        self._runs += 1
        log = self._home / f"run_{self._runs}.txt"
        settings = json.dumps(dict(variables or {}), ensure_ascii=False)
        order = {
            "args": [*args, "--vars", settings, "--log-level-file", "none"],
            "environment": ONE_THREAD | environment | {"LEAD_SCORING_DUCKDB": str(database)},
            "log": str(log),
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self._log.read_text()
        return CompletedResult(answer.strip() == "0", log.read_text())

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def _serve(home: str) -> None:
    os.environ |= {"LEAD_SCORING_DUCKDB": f"{home}/world.duckdb", "LEAD_SCORING_TARGET": "duckdb"}
    from dbt.cli.main import dbtRunner

    flags = ["--no-use-colors", "--profiles-dir", home, "--target-path", f"{home}/target", "--log-path", home]
    answers = os.fdopen(os.dup(1), "w")
    # What dbt prints must not stand among the answers.
    os.dup2(2, 1)
    manifest = dbtRunner().invoke(["parse", *flags]).result
    if manifest is None:
        sys.exit("The project cannot be parsed.")
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            log = os.open(order["log"], os.O_WRONLY | os.O_CREAT)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.environ |= order["environment"]
            # An orderly end, so that DuckDB closes its file.
            sys.exit(0 if dbtRunner(manifest=manifest).invoke([*order["args"], *flags]).success else 1)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
