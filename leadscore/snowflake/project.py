"""What the dbt project says of itself: its schemas, and which of its tables are there to be read by whom.

Read from the project's files alone: nothing has to be built, parsed or reached for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from leadscore import raw_schema
from leadscore.errors import LeadscoreError
from leadscore.snowflake.imports_line import PROJECT_FILE

APPLICATION = "application"
"""The type of those exposures through which scores go back to other systems."""


@dataclass(frozen=True)
class Relation:
    """A model or seed: in which schema dbt makes it, and what it is on Snowflake."""

    name: str
    schema: str
    kind: str
    """`table` or `view`."""


@dataclass(frozen=True)
class Project:
    """The facts of a project. Schemas are in lower case."""

    relations: Mapping[str, Relation]
    raw_schemas: tuple[str, ...]
    read: frozenset[str]
    """Relations that any exposure depends on: they are public."""
    synced: frozenset[str]
    """Relations that an application, such as the CRM sync, depends on."""

    @property
    def schemas(self) -> tuple[str, ...]:
        """Every schema that dbt makes tables in."""
        return tuple(sorted({relation.schema for relation in self.relations.values()}))


def project_of(folder: Path, schema: str) -> Project:
    """The facts of the dbt project in a folder, built with this schema in the profile.

    Raises LeadscoreError if there is no project, or an exposure depends on something that is none of its models.
    """
    file = folder / PROJECT_FILE
    if not file.is_file():
        raise LeadscoreError(f"{file} does not exist: run this in the project's folder, or name it with --project-dir.")
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    relations = {relation.name: relation for relation in _relations(folder, settings, schema.lower())}
    exposures = list(_exposures(folder, settings))
    unknown = sorted({name for exposure in exposures for name in _refs(exposure)} - set(relations))
    if unknown:
        raise LeadscoreError(f"Exposures depend on {', '.join(unknown)}, but {folder} has no such model: correct them.")
    variables = settings.get("vars", {})
    return Project(
        relations,
        tuple(str(variables.get(f"{source}_schema", source)).lower() for source in raw_schema.SOURCES),
        frozenset(name for exposure in exposures for name in _refs(exposure)),
        frozenset(name for exposure in exposures if exposure["type"] == APPLICATION for name in _refs(exposure)),
    )


def _relations(folder: Path, settings: Mapping[str, Any], schema: str) -> Iterator[Relation]:
    for paths, kind, suffixes in (("model-paths", "models", (".sql", ".py")), ("seed-paths", "seeds", (".csv",))):
        configured = settings.get(kind, {}).get(settings["name"], {})
        for path in settings.get(paths, [kind]):
            for file in sorted((folder / path).rglob("*")):
                if file.suffix not in suffixes:
                    continue
                config = _inherited(configured, file.relative_to(folder / path).parts[:-1]) | _own(file)
                place = f"{schema}_{config['schema']}" if "schema" in config else schema
                yield Relation(file.stem, place, "view" if config.get("materialized") == "view" else "table")


def _inherited(configured: Mapping[str, Any], parts: tuple[str, ...]) -> dict[str, str]:
    """Schema and materialization that dbt_project.yml sets for a folder; what is deeper wins."""
    found: dict[str, str] = {}
    for part in ("", *parts):
        configured = configured.get(part, {}) if part else configured
        found |= {key: configured[f"+{key}"] for key in ("schema", "materialized") if f"+{key}" in configured}
    return found


def _own(file: Path) -> dict[str, str]:
    """What a model's own `config(...)` sets of the same."""
    if file.suffix != ".sql":
        return {}
    found = {}
    for key in ("schema", "materialized"):
        match = re.search(rf"config\([^)]*\b{key}\s*=\s*['\"](\w+)['\"]", file.read_text(encoding="utf-8"))
        if match:
            found[key] = match.group(1)
    return found


def _exposures(folder: Path, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in settings.get("model-paths", ["models"]):
        for file in sorted((folder / path).rglob("*.yml")):
            content = file.read_text(encoding="utf-8")
            if re.search(r"^exposures:", content, re.MULTILINE):
                yield from yaml.safe_load(content)["exposures"]


def _refs(exposure: Mapping[str, Any]) -> Iterator[str]:
    for dependency in exposure.get("depends_on", ()):
        match = re.fullmatch(r"\s*ref\(\s*['\"](\w+)['\"]\s*\)\s*", dependency)
        if match:
            yield match.group(1)
