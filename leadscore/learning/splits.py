"""Ways to hold rows out.

Random splits flatter: snapshots of one lead, and leads of one account, stand on both sides, and the future teaches
the past. The split that counts holds out the newest time, after a gap of one horizon, and whole accounts.
Where several points of time can be afforded, the origin rolls on and each month is judged from what was known then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from leadscore.errors import LeadscoreError

Mask = NDArray[np.bool_]
Fold = tuple[Mask, Mask]


def days(as_of: Any) -> NDArray[np.int64]:
    """Moments as whole days since 1970 (UTC); LeadscoreError if one is missing."""
    moments = pd.to_datetime(pd.Series(np.asarray(as_of)), utc=True)
    if moments.isna().any():
        raise LeadscoreError(
            f"as_of is missing in {int(moments.isna().sum())} of {len(moments)} rows; fill or drop them."
        )
    return moments.to_numpy(dtype="datetime64[D]").astype(np.int64)


def stable_hash(keys: Any, seed: int = 0) -> NDArray[np.uint64]:
    """A 64-bit hash of each key's text (n,), the same in every process and for every type that prints alike."""
    codes, uniques = pd.factorize(pd.Series(np.asarray(keys, dtype=object)), use_na_sentinel=False)
    texts = np.array([str(key) for key in uniques], dtype=object)
    hashed = pd.util.hash_array(texts, hash_key=f"{seed % 10**16:016d}", categorize=False)
    return hashed[codes]


def owners(account: Any, lead: Any, n_rows: int) -> NDArray[np.object_]:
    """Who each row belongs to (n,): its account, else its lead, else itself.

    Owners that share a lead are one: a company that became known after the lead's first snapshot, the two of somebody who
    changed jobs. It is called by the account that comes first by text.
    """
    keys = pd.Series(np.char.add("row:", np.arange(n_rows).astype(str)).astype(object))
    for column in (lead, account):
        if column is not None:
            given = pd.Series(np.asarray(column, dtype=object))
            keys = given.where(given.notna(), keys)
    if account is None or lead is None:
        return keys.to_numpy()
    return _united(
        keys, pd.Series(np.asarray(account, dtype=object)).notna().to_numpy(), np.asarray(lead, dtype=object)
    )


def _united(keys: pd.Series, of_account: Mask, lead: NDArray[np.object_]) -> NDArray[np.object_]:
    """The keys (n,), those that a lead ties together replaced by the first of them, accounts before others."""
    code, names = pd.factorize(keys)
    person = pd.factorize(pd.Series(lead))[0]
    known = person >= 0
    size = len(names) + int(person.max(initial=-1)) + 1
    ties = coo_matrix((np.ones(known.sum()), (code[known], len(names) + person[known])), shape=(size, size))
    group = connected_components(ties, directed=False)[1][: len(names)]
    is_account = np.zeros(len(names), dtype=bool)
    is_account[code[of_account]] = True
    order = np.lexsort((np.array([str(name) for name in names]), ~is_account))
    first = pd.Series(order).groupby(group[order]).first()
    united: NDArray[np.object_] = np.asarray(names, dtype=object)[first.loc[group[code]].to_numpy()]
    return united


def fold_of(owner: NDArray[np.object_], n_folds: int, seed: int) -> NDArray[np.int64]:
    """The fold (n,) of each row, by the hash of its owner."""
    return (stable_hash(owner, seed) % np.uint64(n_folds)).astype(np.int64)


def newest_window(day: NDArray[np.int64], newest_share: float) -> int:
    """The latest day such that the rows from it onwards are at least ``newest_share`` of all."""
    values, counts = np.unique(day, return_counts=True)
    rows_from = counts[::-1].cumsum()[::-1]
    return int(values[np.flatnonzero(rows_from >= newest_share * len(day))[-1]])


def time_and_account_folds(
    as_of: Any,
    account: Any,
    horizon_days: int,
    newest_share: float = 0.25,
    n_folds: int = 4,
    seed: int = 0,
    lead: Any = None,
) -> Iterator[Fold]:
    """Pairs (fit, held out) of boolean masks (n,), one per fold.

    Held out are the rows of the newest window whose account falls in the fold; fitted are rows of other accounts
    whose horizon ended when the window opens. Rows without account are held together by lead, else stand alone.
    A fold that would leave either side empty is not given: a short history gives none at all.
    """
    day = days(as_of)
    if len(day) == 0:
        return
    start = newest_window(day, newest_share)
    part = fold_of(owners(account, lead, len(day)), n_folds, seed)
    for fold in range(n_folds):
        fit = (day + horizon_days <= start) & (part != fold)
        held_out = (day >= start) & (part == fold)
        if fit.any() and held_out.any():
            yield fit, held_out


def rolling_folds(
    as_of: Any,
    account: Any,
    horizon_days: int,
    newest_share: float = 0.25,
    n_origins: int = 3,
    n_folds: int = 4,
    seed: int = 0,
    lead: Any = None,
) -> Iterator[tuple[int, Mask, Mask]]:
    """Triples (origin, fit, held out): the folds of time and account, with an origin that rolls on by months.

    The newest window is cut where months begin, into ``n_origins`` periods at most. Held out are the rows of a period
    whose account falls in the fold; fitted are rows of other accounts whose horizon ended when the period opens. origin
    is the day it opens, in days since 1970. Each row is held out at most once.
    """
    day = days(as_of)
    if len(day) == 0:
        return
    origins = month_origins(newest_window(day, newest_share), int(day.max()), n_origins)
    part = fold_of(owners(account, lead, len(day)), n_folds, seed)
    for start, end in zip(origins, [*origins[1:], int(day.max()) + 1], strict=True):
        for fold in range(n_folds):
            fit = (day + horizon_days <= start) & (part != fold)
            held_out = (day >= start) & (day < end) & (part == fold)
            if fit.any() and held_out.any():
                yield start, fit, held_out


def month_origins(first: int, last: int, n_origins: int) -> list[int]:
    """At most ``n_origins`` days from ``first`` on (days since 1970): the first itself, then beginnings of months until
    ``last``, evenly chosen where there are too many."""
    months = np.arange(
        np.datetime64(first, "D").astype("datetime64[M]"), np.datetime64(last, "D").astype("datetime64[M]") + 1
    )
    begins = months.astype("datetime64[D]").astype(np.int64)
    origins = np.unique(np.append(first, begins[begins > first]))
    chosen = np.unique(np.linspace(0, len(origins), min(n_origins, len(origins)), endpoint=False).astype(np.int64))
    return [int(day) for day in origins[chosen]]


def account_folds(account: Any, lead: Any, n_rows: int, n_folds: int = 4, seed: int = 0) -> Iterator[Fold]:
    """Pairs (fit, held out) that share no account, at any time: what is left when history is too short."""
    part = fold_of(owners(account, lead, n_rows), n_folds, seed)
    for fold in range(n_folds):
        if (part == fold).any() and (part != fold).any():
            yield part != fold, part == fold


def random_folds(label: ArrayLike, n_folds: int = 4, seed: int = 0) -> Iterator[Fold]:
    """Pairs (fit, held out) of random rows, each fold with its share of every class."""
    classes = np.asarray(label)
    order = np.random.default_rng(seed).permutation(len(classes))
    order = order[np.argsort(classes[order], kind="stable")]
    part = np.empty(len(classes), dtype=np.int64)
    part[order] = np.arange(len(classes)) % n_folds
    for fold in range(n_folds):
        if (part == fold).any() and (part != fold).any():
            yield part != fold, part == fold
