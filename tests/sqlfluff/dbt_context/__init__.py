"""What dbt would put into the Jinja context, so that sqlfluff can expand the project's own macros without a warehouse.

Every public name here is a name in the templates. Nothing is executed: `execute` is false, as while dbt parses.
"""

from __future__ import annotations

import datetime as _datetime
import re as _re
from collections.abc import Callable as _Callable
from pathlib import Path as _Path
from types import SimpleNamespace as _SimpleNamespace
from typing import Any as _Any

import yaml as _yaml
from jinja2 import pass_context as _pass_context
from jinja2.runtime import Context as _Context

_VARS = _yaml.safe_load((_Path(__file__).resolve().parents[3] / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]


class _Calls:
    """Any attribute is a function that writes itself out as an SQL function call."""

    def __getattr__(self, name: str) -> _Callable[..., str]:
        return lambda *arguments, **_: f"{name}({', '.join(str(argument) for argument in arguments)})"


class _Adapter:
    @_pass_context
    def dispatch(self, context: _Context, name: str, macro_namespace: str = "") -> _Any:
        return context.get(f"duckdb__{name}") or context[f"default__{name}"]


def _raise(message: str) -> None:
    raise ValueError(message)


def var(name: str, default: _Any = None) -> _Any:
    return _VARS.get(name, default)


def env_var(name: str, default: str = "") -> str:
    return default


execute = False
adapter = _Adapter()
dbt = _Calls()
modules = _SimpleNamespace(re=_re, datetime=_datetime)
exceptions = _SimpleNamespace(raise_compiler_error=_raise, warn=lambda message: "")
flags = _SimpleNamespace(WHICH="compile")
target = _SimpleNamespace(type="duckdb", name="duckdb", database="database", schema="analytics")
run_started_at = _datetime.datetime(2025, 1, 1, tzinfo=_datetime.UTC)
project_name = "lead_scoring"
