"""The words the world is made of: editable CSV files in the folder vocabulary/."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd


@cache
def table(name: str) -> pd.DataFrame:
    """One vocabulary file as a frame; empty cells are empty texts. Shared between callers: do not change it."""
    path = files("leadscore.simulate").joinpath("vocabulary", f"{name}.csv")
    with path.open(encoding="utf-8") as lines:
        return pd.read_csv(lines, keep_default_na=False)


LOCALES = ("en", "de", "fr", "pt", "es", "nl", "sv", "in", "ja")
VENDOR_DOMAIN = "example-vendor.com"
