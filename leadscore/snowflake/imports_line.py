"""The line of dbt_project.yml that names the library's zip, which every Python model imports on Snowflake."""

from __future__ import annotations

import re
from pathlib import Path

from leadscore.errors import LeadscoreError

ZIP = re.compile(r"leadscore_[0-9a-f]{12}\.zip")
PROJECT_FILE = "dbt_project.yml"


def imported_zip(project: Path) -> str:
    """The name of the zip that a dbt project's models import; LeadscoreError if it names none."""
    (name,) = {match.group() for match in ZIP.finditer(_line(_text(project), project))}
    return name


def rewrite(project: Path, name: str) -> bool:
    """Put the name of the zip into the line; whether that changed it."""
    before = _text(project)
    line = _line(before, project)
    if not ZIP.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a library's zip.")
    after = before.replace(line, ZIP.sub(name, line))
    if after != before:
        (project / PROJECT_FILE).write_text(after, encoding="utf-8")
    return after != before


def _text(project: Path) -> str:
    file = project / PROJECT_FILE
    if not file.is_file():
        raise LeadscoreError(f"{file} does not exist: run this in the project's folder, or name it with --project-dir.")
    return file.read_text(encoding="utf-8")


def _line(text: str, project: Path) -> str:
    """The one line that sets the imports."""
    lines = [line for line in text.splitlines() if re.match(r"\s*\+imports:", line)]
    if len(lines) != 1 or len(ZIP.findall(lines[0])) != 1:
        raise LeadscoreError(
            f"{project / PROJECT_FILE} must hold one line `+imports: "
            '["@{{ target.database }}.{{ target.schema }}.library/leadscore_000000000000.zip"]` under its models: add it.'
        )
    return lines[0]
