"""Loops compiled by numba, kept on disk for the next process where a place to write is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Any:
    """The function compiled at its first call."""
    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:
        # Nowhere to write, as inside a zip.
        return numba.njit(function)
