"""How much each agreement of two records says: Fellegi and Sunter's model, learnt without labels from counted patterns.

A pair's weight is a sum of bits: the prior, for each field log2(m/u) of its level, where m is the level's share among
pairs that are one person and u its share among strangers, and where two records share a rare word, its rarity
instead of -log2(u). u is counted among pairs drawn at random; m and the share of matches among all possible pairs come
from expectation maximisation over the pairs that blocking found (Winkler 1988). The few that blocking misses are
taken for strangers.

Between strangers and one person stands the household: two persons who share what a person's records share, but bear
different given names and were born on days that have nothing to do with each other. How many there are for each pair of
one person's records is learnt as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRIOR_PAIRS = 20.0
"""How many known matches the expected shares of the seed weigh as much as: they carry small data and soon give way."""
HOUSEHOLD_PAIRS = 0.5
"""How many known matches, and as many pairs of a household, the expected share of households weighs as much as."""
FLOOR_PAIRS = 0.5
"""Added to each level's random pairs, so that what no stranger did is rare and not impossible."""
SMALLEST_SHARE = 1e-15
MAX_ROUNDS = 500
TOLERANCE = 1e-9
PRIOR, HOUSEHOLD, GIVEN = "prior", "household", "given"
OWN = ("given", "birth")
"""Fields in which the members of a household differ."""
DIFFERENT = (6, 7)
"""The levels of given names that are two different names."""
WEIGHTS = pa.schema(
    [("field", pa.string()), ("level", pa.int64()), ("agreement", pa.string())]
    + [(name, pa.float64()) for name in ("m", "u", "weight")]
)


def weights(patterns: pa.Table, levels: pa.Table) -> pa.Table:
    """Learn what each level of agreement weighs.

    Args:
        patterns: a row per way to agree: a level per field (0 where one of the two says nothing), `rarity` in bits,
            `pairs` that blocking found, `random_pairs`, and `record_count`, the same in every row.
        levels: the levels of each field: `field`, `level`, `agreement`, `context` (shares of a field's levels add up to
            one within it), `expected_share` among matches, and `rarity` (what may be rare at that level, else null).

    Returns:
        A row per level: `field`, `level`, `agreement`, `m`, `u` and `weight` in bits, without the rarity where there is
        one; the row `prior`, whose m is the share of matches among all possible pairs and whose weight is its log2
        odds; and the row `household`, whose m is the number of pairs of a household for each match and whose weight is
        what to add to shared evidence for the log2 odds of a household against strangers.
    """
    asked = levels.to_pylist()
    groups = _groups(asked)
    at = {name: patterns.column(name).to_numpy().astype(np.int64) for name in {row["field"] for row in asked}}
    pairs, strangers = (patterns.column(name).to_numpy().astype(np.float64) for name in ("pairs", "random_pairs"))
    rarity = patterns.column("rarity").to_numpy().astype(np.float64)
    u = [group.shares(at, strangers, np.full(len(group.levels), FLOOR_PAIRS)) for group in groups]
    m = [group.expected for group in groups]
    n_records = patterns.column("record_count")[0].as_py() if patterns.num_rows else 0
    possible = max(n_records * (n_records - 1) / 2, 1.0)
    share = float(np.clip(n_records / 2 / possible, SMALLEST_SHARE, 0.5))
    households = 1.0
    for _ in range(MAX_ROUNDS):
        probability, relatives = _probabilities(groups, m, u, at, rarity, share, households)
        matches = probability * pairs
        m = [group.shares(at, matches, PRIOR_PAIRS * group.expected) for group in groups]
        # Of a few records, a good part of the pairs drawn at random are matches too.
        others = (1 - probability) * strangers
        u = [group.shares(at, others, np.full(len(group.levels), FLOOR_PAIRS)) for group in groups]
        households = float((relatives @ pairs + HOUSEHOLD_PAIRS) / (matches.sum() + HOUSEHOLD_PAIRS))
        before, share = share, float(np.clip((matches.sum() + 0.5) / (possible + 1), SMALLEST_SHARE, 0.5))
        if abs(share / before - 1) < TOLERANCE:
            break
    found = {
        (group.field, int(level)): (float(mine), float(theirs), float(bits))
        for group, ours, others in zip(groups, m, u, strict=True)
        for level, mine, theirs, bits in zip(group.levels, ours, others, group.bits(ours, others), strict=True)
    }
    rows = [
        {
            **{name: row[name] for name in ("field", "level", "agreement")},
            **dict(zip(("m", "u", "weight"), learnt, strict=True)),
        }
        for row in asked
        for learnt in [found[row["field"], row["level"]]]
    ]
    prior = {"field": PRIOR, "level": 0, "agreement": "any two records", "m": share, "u": 1 - share}
    other_name = sum(found[GIVEN, level][1] for level in DIFFERENT)
    family = {"field": HOUSEHOLD, "level": 0, "agreement": "two of a household", "m": households, "u": other_name}
    rows += [prior | {"weight": _odds_bits(share)}, family | {"weight": float(np.log2(households / other_name))}]
    return pa.Table.from_pylist(rows, schema=WEIGHTS)


@dataclass(frozen=True)
class _Group:
    """Levels of a field whose shares add up to one: those that one kind of pair can reach."""

    field: str
    levels: Ints
    expected: Floats
    alike: NDArray[np.bool_]
    """Which levels share a word that may be rare: (levels, levels), no row where rarity does not count."""

    def shares(self, at: Mapping[str, Ints], counts: Floats, prior: Floats) -> Floats:
        """The share of each level among pairs counted by pattern, with a prior count each."""
        counted: Floats = (
            np.bincount(at[self.field], weights=counts, minlength=int(self.levels.max()) + 1)[self.levels] + prior
        )
        return np.asarray(counted / counted.sum())

    def bits(self, m: Floats, u: Floats) -> Floats:
        """What each level weighs. A shared word's rarity is added later and says how many strangers share the word: where
        there is one, only how many of those agree at this level counts here."""
        return np.log2(m) - np.log2(u / np.where(self.alike.any(axis=1), self.alike @ u, 1.0))


def _groups(levels: Sequence[Mapping[str, Any]]) -> list[_Group]:
    found = []
    for field, context in dict.fromkeys((row["field"], row["context"]) for row in levels):
        rows = [row for row in levels if (row["field"], row["context"]) == (field, context)]
        expected = np.array([row["expected_share"] for row in rows], dtype=np.float64)
        word = np.array([row["rarity"] or "" for row in rows])
        alike = (word[:, None] == word) & (word != "")
        found.append(_Group(field, np.array([row["level"] for row in rows]), expected / expected.sum(), alike))
    return found


def _probabilities(
    groups: Sequence[_Group],
    m: Sequence[Floats],
    u: Sequence[Floats],
    at: Mapping[str, Ints],
    rarity: Floats,
    share: float,
    households: float,
) -> tuple[Floats, Floats]:
    """How probably the pairs of each pattern (n,) are one person, and two of a household."""
    shared, own = _odds_bits(share) + rarity, np.zeros(len(rarity))
    different_by_chance = 1.0
    for group, ours, others in zip(groups, m, u, strict=True):
        bits = np.zeros(int(max(group.levels.max(), at[group.field].max(initial=0))) + 1)
        bits[group.levels] = group.bits(ours, others)
        weighed = bits[at[group.field]]
        if group.field in OWN:
            own += weighed
        else:
            shared += weighed
        if group.field == GIVEN:
            different_by_chance = float(others[np.isin(group.levels, DIFFERENT)].sum())
    household = np.where(np.isin(at[GIVEN], DIFFERENT), shared + np.log2(households / different_by_chance), -np.inf)
    # Against strangers, whose odds are 1.
    match: Floats = expit(np.log(2) * (shared + own - np.logaddexp2(0, household)))
    relatives: Floats = expit(np.log(2) * (household - np.logaddexp2(0, shared + own)))
    return match, relatives


def _odds_bits(share: float) -> float:
    return float(np.log2(share / (1 - share)))
