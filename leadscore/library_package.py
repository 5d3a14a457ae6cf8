"""The library as a zip that Snowflake's Python imports: what Python models need of it, named by the hash of its content.

A name that says the content means that a model finds either just this library or none.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from leadscore.errors import LeadscoreError

LEFT_OUT = (
    "arguments",
    "catalogue",
    "cli",
    "conform",
    "csv_dialect",
    "database",
    "dbt_plugin",
    "load",
    "raw_schema",
    "report",
    "rows",
    "simulate",
    "snowflake",
    "summary",
)
"""What runs beside the warehouse and not in it: changing it makes no new zip."""
HASH_FILE = "leadscore/content.txt"
"""The file in the zip that holds the hash of all others."""
EPOCH = (1980, 1, 1, 0, 0, 0)


def build_package(folder: Path) -> Path:
    """Write the zip into a folder and give its path; the same library gives the same bytes."""
    files = _files()
    digest = _digest(files)
    target = folder / _name(digest)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**files, HASH_FILE: digest.encode()}.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            package.writestr(info, content)
    return target


def package_name() -> str:
    """The name of the zip of the library as it stands."""
    return _name(_digest(_files()))


def content_hash() -> str:
    """The hash of the library as it runs, 12 digits in hex: the same on every engine."""
    packed = running_from()
    return packed.stem.removeprefix("leadscore_") if packed else _digest(_files())[:12]


def running_from() -> Path | None:
    """The zip that this library was imported from, None when it was not from a zip.

    Raises:
        LeadscoreError: if the zip's name is not that of its content.
    """
    here = next((parent for parent in Path(__file__).parents if parent.suffix == ".zip"), None)
    if here is None or not here.is_file():
        return None
    with zipfile.ZipFile(here) as package:
        wanted = _name(package.read(HASH_FILE).decode() if HASH_FILE in package.namelist() else "no hash")
    if here.name != wanted:
        raise LeadscoreError(
            f"The library was imported from {here.name}, but what is in it is {wanted}: the file was renamed or changed. "
            "Run `leadscore snowflake deploy`, which puts the right one on the stage."
        )
    return here


def _name(digest: str) -> str:
    return f"leadscore_{digest[:12]}.zip"


def _files() -> Mapping[str, bytes]:
    """Name in the zip -> content, sorted by name."""
    root = Path(__file__).parent
    found = {}
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        left_out = inside.parts[0].removesuffix(path.suffix) in LEFT_OUT or "__pycache__" in inside.parts
        if path.is_file() and path.suffix in (".py", ".csv") and not left_out:
            found[f"leadscore/{inside.as_posix()}"] = path.read_bytes()
    return found


def _digest(files: Mapping[str, bytes]) -> str:
    """The hash of names and contents."""
    found = hashlib.sha256()
    for name, content in files.items():
        found.update(f"{name}\n{len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()
