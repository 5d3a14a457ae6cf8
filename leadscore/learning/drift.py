"""Have the features moved since the model learnt? Population stability, missing values and new categories, week by week.

The population stability index of two distributions p and q over bins is sum((p - q) * ln(p / q)): by custom 0.1 deserves
a look and 0.25 action. Four things would make it cry wolf, and are dealt with here:

- Small samples. Under no drift the index is (1/n + 1/m) times a chi-square of bins - 1 degrees of freedom (Yurdakul 2018), so
  with 100 rows ten bins show 0.1 by chance. Its expected value is taken off, and a p-value stands beside it.
- Rows that are not independent. Leads of one company share its industry and its surges: what counts as a sample are
  companies, by Kish's effective size, (sum of weights)^2 / sum of weights^2.
- What grows by itself. Leads grow older, and of their companies more and more people are known: neither is drift. Weeks are compared
  at equal ages, and what colleagues do at equal numbers of colleagues besides: rows are weighted until they have the shares of
  both that the reference has (raking, Deming and Stephan 1940). It costs a third of the sample, so other features are spared it.
- What always moves. Companies gain leads, every webinar is a new first touch. How far the newest quarter of the reference is from the
  rest of it stands beside each figure: that much the model has seen while it learnt.

And many features are looked at: p-values are multiplied by their number (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from leadscore.errors import LeadscoreError
from leadscore.learning.encoding import FeatureSpec, category_values, column_of, numeric_values
from leadscore.learning.newton import Floats

Codes = NDArray[np.int64]

N_BINS = 10
MAX_CATEGORIES = 20
AGE, COLLEAGUES, N_STRATA = "lead_age_days", "known_colleagues", 5
"""What grows by itself, and into how many strata each is cut to compare weeks at equal shares of them."""
RAKING_ROUNDS = 20
SEEN_ONCE = 0.5
"""A bin without rows counts as half a row, so that logarithms exist."""


@dataclass(frozen=True)
class Binned:
    """A feature's rows as numbers of bins: of the reference (n,) and of the weeks (m,).

    The last bin is of missing values, the one before it of categories that the reference does not have. of_colleagues: whether
    it grows with the number of known colleagues.
    """

    name: str
    kind: str
    n_bins: int
    reference: Codes
    current: Codes
    of_colleagues: bool = False


@dataclass(frozen=True)
class Rows:
    """Who the rows are, as numbers (n,): their strata of age and of colleagues, and their owner, a company or else a person."""

    age: Codes
    colleagues: Codes
    owner: Codes

    def at(self, rows: Codes) -> Rows:
        """Some of the rows."""
        return Rows(self.age[rows], self.colleagues[rows], self.owner[rows])

    def independent(self, weight: Floats) -> float:
        """How many independent rows they are worth with these weights (n,): owners count, at each age for themselves."""
        ages = [np.flatnonzero((self.age == age) & (weight > 0)) for age in np.unique(self.age)]
        parts = [(weight[at].sum() / weight.sum(), kish(self.owner[at], weight[at])) for at in ages if len(at)]
        return 1 / sum(share**2 / n for share, n in parts) if parts else 0.0


def bins_of(name: str, reference: pd.Series, current: pd.Series, kind: str, n_bins: int = N_BINS) -> Binned:
    """A feature in the bins of its reference: its deciles (or as many quantiles as asked for), else its most frequent categories."""
    if kind == "numeric":
        before, now = numeric_values(reference, name), numeric_values(current, name)
        known = before[~np.isnan(before)]
        edges = np.unique(np.quantile(known, np.arange(1, n_bins) / n_bins, method="lower")) if len(known) else known
        n_values = len(edges) + 1
        codes = [np.where(np.isnan(x), n_values + 1, np.searchsorted(edges, x, side="left")) for x in (before, now)]
    else:
        codes, n_values = _category_bins(reference, current, name)
    return Binned(name, kind, n_values + 2, codes[0].astype(np.int64), codes[1].astype(np.int64))


def _category_bins(reference: pd.Series, current: pd.Series, name: str) -> tuple[list[Codes], int]:
    """Codes of both, and how many bins hold categories of the reference: the most frequent by themselves, the others together."""
    (codes, texts), (now, now_texts) = category_values(reference, name), category_values(current, name)
    count = pd.Series(np.bincount(codes[codes >= 0], minlength=len(texts)), index=pd.Index(texts, dtype=object))
    count = count.groupby(level=0).sum()
    count = count[count > 0]
    ordered = count.index[np.lexsort((count.index.to_numpy(), -count.to_numpy()))]
    place = {text: min(at, MAX_CATEGORIES) for at, text in enumerate(ordered)}
    n_values = min(len(ordered), MAX_CATEGORIES + 1)
    lookups = [np.array([place.get(text, n_values) for text in words] + [n_values + 1]) for words in (texts, now_texts)]
    return [lookups[0][codes], lookups[1][now]], n_values


def strata_of(name: str, reference: pd.DataFrame, current: pd.DataFrame) -> tuple[Codes, Codes]:
    """The stratum of each row by something that grows: its quintile of the reference, or missing; one stratum where either lacks it."""
    try:
        binned = bins_of(name, column_of(reference, name), column_of(current, name), "numeric", N_STRATA)
    except LeadscoreError:
        return np.zeros(len(reference), np.int64), np.zeros(len(current), np.int64)
    return binned.reference, binned.current


def balanced(strata: Sequence[tuple[Codes, Codes]]) -> tuple[Floats, Floats]:
    """Weights of two samples, (n,) and (m,), at which the second has the first's shares of every stratum.

    strata: pairs of the strata of both, (n,) and (m,). Rows of a stratum that the other side lacks weigh nothing; strata of
    which both sides have none in common are left alone.
    """
    comparable = [pair for pair in strata if np.intersect1d(*pair).size]
    before, now = np.ones(len(strata[0][0])), np.ones(len(strata[0][1]))
    for theirs, ours in comparable:
        before *= np.isin(theirs, ours)
        now *= np.isin(ours, theirs)
    targets = [np.bincount(theirs, before, int(ours.max()) + 1) / max(before.sum(), 1) for theirs, ours in comparable]
    for _ in range(RAKING_ROUNDS):
        for (_, ours), target in zip(comparable, targets, strict=True):
            have = np.bincount(ours, now, len(target))
            now *= np.divide(target, have, out=np.zeros(len(target)), where=have > 0)[ours]
    return before, now


@dataclass(frozen=True)
class Comparison:
    """What the rows of the reference (n,) and of a week (m,) weigh, each summing to one, and how many independent rows both are."""

    reference: Floats
    week: Floats
    sizes: tuple[float, float]

    @classmethod
    def of(cls, reference: Rows, week: Rows, strata: Sequence[tuple[Codes, Codes]]) -> Comparison:
        """The comparison at equal shares of all strata."""
        before, now = balanced(strata)
        sizes = (reference.independent(before), week.independent(now))
        return cls(before / max(before.sum(), 1e-300), now / max(now.sum(), 1e-300), sizes)

    @property
    def noise(self) -> float:
        """What the index is expected to be without drift, for each degree of freedom."""
        return 1 / self.sizes[0] + 1 / self.sizes[1]


def drift_of_week(
    features: Sequence[Binned], reference: Rows, current: Rows, rows: Codes
) -> Iterator[dict[str, object]]:
    """One row per feature on how the rows of a week differ from the reference, at the reference's shares of what grows.

    Yields feature, kind, n_reference and n_rows (effective sizes), psi (its expected value under no drift taken off), psi_noise
    (that expected value), p_value (of all looked at, at least one index as large by chance alone), missing_share and
    new_category_share with reference_missing_share, and the p-value of the largest difference among these shares.
    """
    week = current.at(rows)
    at_ages = Comparison.of(reference, week, [(reference.age, week.age)])
    at_both = Comparison.of(reference, week, [(reference.age, week.age), (reference.colleagues, week.colleagues)])
    for feature in features:
        compared = at_both if feature.of_colleagues else at_ages
        if not all(compared.sizes):
            continue
        before = np.bincount(feature.reference, compared.reference, feature.n_bins).astype(np.float64)
        now = np.bincount(feature.current[rows], compared.week, feature.n_bins).astype(np.float64)
        index, noise = psi(before, now, *compared.sizes), compared.noise
        freedom = max(int(np.count_nonzero(before)) - 1, 1)
        shares = [(before[-1], now[-1]), (before[-2], now[-2])]
        yield {
            "feature": feature.name,
            "kind": feature.kind,
            "n_reference": compared.sizes[0],
            "n_rows": compared.sizes[1],
            "psi": max(index - freedom * noise, 0.0),
            "psi_noise": freedom * noise,
            "p_value": min(1.0, len(features) * float(stats.chi2.sf(index / noise, freedom))),
            "reference_missing_share": min(before[-1], 1.0),
            "missing_share": min(now[-1], 1.0),
            "missing_p_value": min(1.0, len(features) * two_shares(*shares[0], noise)),
            "new_category_share": min(now[-2], 1.0),
            "new_category_p_value": min(1.0, len(features) * two_shares(*shares[1], noise)),
        }


def newest_quarter(day: Codes) -> NDArray[np.bool_]:
    """Which of the days (n,) are the newest, a quarter of the rows or somewhat more."""
    return day >= np.quantile(day, 0.75, method="lower") if len(day) else np.zeros(0, dtype=bool)


def psi(before: Floats, now: Floats, n_before: float, n_now: float) -> float:
    """The population stability index of two distributions (bins,) that sum to one, from samples of these sizes."""
    p, q = (np.maximum(share, SEEN_ONCE / n) for share, n in ((before, n_before), (now, n_now)))
    there = (before > 0) | (now > 0)
    return float(np.sum(((q - p) * np.log(q / p))[there]))


def kish(owner: Codes, weight: Floats | None = None) -> float:
    """Kish's effective size of a sample (n,) whose rows belong to owners: their number if all have as many rows, or as much weight."""
    size = np.bincount(owner, weight).astype(np.float64)
    return float(size.sum() ** 2 / (size**2).sum()) if size.any() else 0.0


def two_shares(before: float, now: float, noise: float) -> float:
    """p-value of two shares being one, by the normal approximation; noise is 1/n + 1/m of the two samples."""
    pooled = np.clip((before + now) / 2, 0.0, 1.0)
    spread = np.sqrt(pooled * (1 - pooled) * noise)
    return float(2 * stats.norm.sf(abs(now - before) / spread)) if spread > 0 else float(now == before)


def binned_features(
    reference: pd.DataFrame, current: pd.DataFrame, specs: Sequence[FeatureSpec], of_colleagues: Collection[str] = ()
) -> list[Binned]:
    """The features of a model in bins; one that the table lacks, or holds in another type, counts as missing since."""
    found = []
    for spec in specs:
        try:
            before, now = column_of(reference, spec.name), column_of(current, spec.name)
            binned = bins_of(spec.name, before, now, spec.kind)
        except LeadscoreError:
            binned = Binned(spec.name, spec.kind, 3, np.zeros(len(reference), np.int64), np.full(len(current), 2))
        found.append(replace(binned, of_colleagues=spec.name in of_colleagues))
    return found
