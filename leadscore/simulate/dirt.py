"""The dirt of real records, one small way of spoiling a text each. Missing texts stay missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from leadscore.simulate.draws import Array, Rng, chance, choose, texts
from leadscore.simulate.people import folded
from leadscore.simulate.vocabulary import table


def missing(rng: Rng, values: Any, share: Any) -> Array:
    """Some values left out."""
    return choose(chance(rng, share, len(values)), None, texts(values))


def recased(rng: Rng, values: Array, share: float) -> Array:
    """Some in lower case, some in capitals."""
    lowered = _some(rng, values, share * 0.6, lambda chosen: chosen.str.lower())
    return _some(rng, lowered, share * 0.4, lambda chosen: chosen.str.upper())


def unaccented(rng: Rng, values: Array, share: float) -> Array:
    """Some without their accents, as a form or an import loses them."""
    return _some(rng, values, share, folded)


def padded(rng: Rng, values: Array, share: float) -> Array:
    """Some with a blank before or after."""
    return _some(
        rng, _some(rng, values, share / 2, lambda chosen: " " + chosen), share / 2, lambda chosen: chosen + " "
    )


def nicknamed(rng: Rng, given: Array, share: float) -> Array:
    """Some given names in their short form: Robert becomes Bob."""
    short: dict[str, str] = dict(table("nicknames").itertuples(index=False))
    return _some(rng, given, share, lambda chosen: chosen.map(short).fillna(chosen))


def mistyped(rng: Rng, values: Array, share: float) -> Array:
    """Some with one slip of the finger near the beginning: two letters swapped, one left out or one doubled."""
    found = values
    for place in (1, 2, 3, 4):
        for slip in (_swapped, _dropped, _doubled):
            found = _some(rng, found, share / 12, partial(slip, place=place))
    return found


def _swapped(chosen: pd.Series, place: int) -> pd.Series:
    return (
        chosen.str[:place] + chosen.str[place + 1 : place + 2] + chosen.str[place : place + 1] + chosen.str[place + 2 :]
    )


def _dropped(chosen: pd.Series, place: int) -> pd.Series:
    return chosen.str[:place] + chosen.str[place + 1 :]


def _doubled(chosen: pd.Series, place: int) -> pd.Series:
    return chosen.str[: place + 1] + chosen.str[place:]


def _some(rng: Rng, values: Array, share: Any, spoil: Callable[[pd.Series], pd.Series]) -> Array:
    """`values` with `spoil` applied to a random share of those that are there."""
    there = ~pd.isna(values)
    rows = np.flatnonzero(there & chance(rng, share, len(values)))
    found = np.array(values, dtype=object)
    if len(rows):
        found[rows] = spoil(pd.Series(found[rows], dtype="str")).to_numpy(object)
    return found
