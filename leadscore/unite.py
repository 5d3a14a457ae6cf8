"""The compiled loops of ``leadscore.clusters``: union-find whose sets know their members."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leadscore.compiled import compiled

Ints = NDArray[np.int64]


def unite(
    left: Ints,
    right: Ints,
    n_facts: int,
    living: Ints,
    domain: Ints,
    email: Ints,
    given: Ints,
    family: Ints,
    forbidden: Ints,
    limit: int,
) -> Ints:
    """The set (n,) of each record, named by one of its members, after taking all links (m,) that nothing forbids.

    The first ``n_facts`` links are facts, which only ``forbidden`` pairs (k, 2), sorted, keep from uniting.
    """
    n = len(living)
    code = forbidden[:, 0] * n + forbidden[:, 1] if len(forbidden) else np.empty(0, dtype=np.int64)
    touched = np.zeros(n, dtype=np.bool_)
    touched[forbidden.ravel()] = True
    found: Ints = _unite(left, right, n_facts, living, domain, email, given, family, code, touched, limit)
    return found


@compiled
def _unite(left, right, n_facts, living, domain, email, given, family, forbidden, touched, limit):  # type: ignore[no-untyped-def]
    n = len(living)
    root, following, last, size = np.arange(n), np.full(n, -1), np.arange(n), living.copy()
    for k in range(len(left)):
        a, b = _root_of(root, left[k]), _root_of(root, right[k])
        if a == b:
            continue
        is_fact = k < n_facts
        if not is_fact and size[a] + size[b] > limit:
            continue
        if not _may_be_one(a, b, following, is_fact, domain, email, given, family, forbidden, touched):
            continue
        if size[a] < size[b]:
            a, b = b, a
        root[b] = a
        following[last[a]] = b
        last[a] = last[b]
        size[a] += size[b]
    for i in range(n):
        root[i] = _root_of(root, i)
    return root


@compiled
def _root_of(root, i):  # type: ignore[no-untyped-def]
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@compiled
def _may_be_one(a, b, following, is_fact, domain, email, given, family, forbidden, touched):  # type: ignore[no-untyped-def]
    """Whether no member of one set contradicts one of the other."""
    n = len(touched)
    i = a
    while i >= 0:
        if touched[i] or (not is_fact and domain[i] >= 0 and given[i] >= 0):
            j = b
            while j >= 0:
                if touched[i] and touched[j]:
                    code = min(i, j) * n + max(i, j)
                    place = np.searchsorted(forbidden, code)
                    if place < len(forbidden) and forbidden[place] == code:
                        return False
                if (
                    not is_fact
                    and domain[i] >= 0
                    and domain[i] == domain[j]
                    and email[i] != email[j]
                    and given[i] >= 0
                    and given[j] >= 0
                    and given[i] != given[j]
                    and not (given[i] == family[j] and family[i] == given[j])
                ):
                    return False
                j = following[j]
        i = following[i]
    return True
