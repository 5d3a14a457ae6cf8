"""The library as a zip: always the same bytes, named by its content, and enough to run Python models."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from leadscore import channel
from leadscore.library_package import HASH_FILE, build_package, package_name
from leadscore.snowflake.imports_line import imported_zip

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_package(tmp_path_factory.mktemp("package"))


def python(package: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run a line in a process that has the library as this zip."""
    code = f"import sys; sys.path.insert(0, {str(package)!r}); {code}"
    return subprocess.run([sys.executable, "-I", "-c", code], text=True, capture_output=True)


def test_the_same_library_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    assert build_package(tmp_path).read_bytes() == package.read_bytes()
    assert package.name == package_name()


def test_dbt_project_imports_the_library_as_it_stands() -> None:
    assert imported_zip(REPO) == package_name(), (
        "The library has changed: run `.venv/bin/leadscore snowflake package`, which writes the zip's new name into dbt_project.yml."
    )


def test_a_changed_module_changes_the_name(package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "leadscore"
    shutil.copytree(REPO / "leadscore", copy)
    name = "import leadscore.library_package as p; print(p.package_name())"
    assert python(tmp_path, name).stdout.strip() == package.name
    (copy / "rhythm.py").write_text((copy / "rhythm.py").read_text() + "\n")
    assert python(tmp_path, name).stdout.strip() != package.name


def test_what_runs_beside_the_warehouse_changes_no_name(package: Path, tmp_path: Path) -> None:
    copy = tmp_path / "leadscore"
    shutil.copytree(REPO / "leadscore", copy)
    (copy / "cli.py").write_text("")
    assert (
        python(tmp_path, "import leadscore.library_package as p; print(p.package_name())").stdout.strip()
        == package.name
    )


def test_every_module_that_python_models_name_is_imported_from_the_zip(package: Path) -> None:
    named = {
        name
        for model in (REPO / "python_models").rglob("*.py")
        for names in re.findall(r"from leadscore import (.*)", model.read_text())
        for name in names.split(", ")
    }
    assert {"warehouse", "pipeline"} <= named
    modules = ", ".join(f"leadscore.{name} as {name}" for name in sorted(named))
    result = python(package, f"import {modules}; print(warehouse.__file__)")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(package))


def test_a_renamed_zip_is_refused(package: Path, tmp_path: Path) -> None:
    renamed = Path(shutil.copyfile(package, tmp_path / "leadscore_0123456789ab.zip"))
    result = python(renamed, "from leadscore.library_package import running_from; running_from()")
    assert result.returncode != 0
    assert f"imported from leadscore_0123456789ab.zip, but what is in it is {package.name}" in result.stderr
    assert "leadscore snowflake deploy" in result.stderr


def test_the_right_zip_knows_where_it_is(package: Path) -> None:
    result = python(package, "from leadscore.library_package import running_from; print(running_from())")
    assert result.stdout.strip() == str(package), result.stderr


def test_the_zip_holds_source_and_vocabularies_only(package: Path) -> None:
    with zipfile.ZipFile(package) as content:
        names = content.namelist()
    assert HASH_FILE in names
    assert {Path(name).suffix for name in names} <= {".py", ".csv", ".txt"}
    assert not [name for name in names if "simulate" in name or "snowflake" in name]


def third_party_imports(package: Path) -> set[str]:
    """The top-level modules that the zip's own modules import and that Python does not bring."""
    found = set()
    with zipfile.ZipFile(package) as content:
        for name in content.namelist():
            for node in ast.walk(ast.parse(content.read(name))) if name.endswith(".py") else ():
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.partition(".")[0])
    # Snowflake's Python brings Snowpark itself.
    return found - set(sys.stdlib_module_names) - {"leadscore", "snowflake"}


def test_the_zip_imports_just_the_channels_packages(package: Path) -> None:
    # imblearn is the module of imbalanced-learn; optuna is asked for only where tuning is switched on.
    modules = {name.replace("imbalanced-learn", "imblearn") for name in channel.ALL_PACKAGES}
    assert third_party_imports(package) - {"optuna"} == modules


def test_dbt_project_lists_the_channels_packages() -> None:
    settings = yaml.safe_load((REPO / "dbt_project.yml").read_text())["models"]["lead_scoring"]
    assert settings["+packages"] == list(channel.PACKAGES)
    training = {name for name, config in settings["learning"].items() if "+packages" in config}
    assert training == {
        "int_learning__imbalance_comparison",
        "int_learning__tuning_trials",
        "int_learning__holdout_predictions",
        "int_learning__gates",
        "int_learning__trained_model",
    }
    assert all(settings["learning"][name]["+packages"] == list(channel.TRAINING_PACKAGES) for name in training)
    assert settings["+python_version"] == channel.PYTHON_VERSION
