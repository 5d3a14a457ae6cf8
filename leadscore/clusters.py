"""Who is who: linked records become persons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
INITIALS = ("given_initial", "family_initial")
STRONG = 0.9
"""How probable a link is that unites two groups by itself."""
SUPPORT = 1 / 3
"""How probable the pairs between two groups have to be on average, those without a link counted as 0, for weaker links to unite them."""


def clusters(links: pa.Table, records: pa.Table, apart: pa.Table, parameters: pa.Table) -> pa.Table:
    """Connected records, strongest links first; a link that would unite what must stay apart is not taken.

    Apart stay the pairs of `apart`; and, for links that are no facts, more than `record_limit` living records, and two
    personal addresses at one company under given names that begin differently, unless given and family name are
    swapped. So a cluster that holds a contradiction is cut at its weakest link (Kruskal's greedy forest, 1956, with
    constraints). Weak links come after all strong ones, and count only where the pairs between two groups are probable
    enough on average: one pair that looks alike does not make one person of six records.

    Args:
        links: `left_record_id`, `right_record_id`, `evidence_rank` (1 strongest) and `probability`.
        records: a row per record in the order of `record_id`, with `is_living`; `mail_domain` where it holds a personal
            address at a company, `email`, `given_initial` and `family_initial`.
        apart: `record_id` and `other_record_id` of pairs that somebody said are two persons.
        parameters: one row with `record_limit`, and `last_fact_rank`, up to which only `apart` overrules a link.

    Returns:
        A row per record: `record_id` and `cluster_no` (int64, numbered by first appearance, so that the same rows give
        the same numbers).
    """
    from leadscore.unite import unite

    names = records.column("record_id").combine_chunks()
    left, right = (_places(links.column(name), names) for name in ("left_record_id", "right_record_id"))
    rank = links.column("evidence_rank").to_numpy().astype(np.int64)
    probability = links.column("probability").to_numpy()
    order = np.lexsort((right, left, -probability, rank))
    left, right, rank, probability = left[order], right[order], rank[order], probability[order]
    living = records.column("is_living").to_numpy(zero_copy_only=False).astype(np.int64)
    domain, email = (_codes(records.column(name)) for name in ("mail_domain", "email"))
    given, family = np.split(_codes(pa.chunked_array([records.column(name).combine_chunks() for name in INITIALS])), 2)
    forbidden = _forbidden(apart, names)
    wanted = parameters.to_pylist()[0]
    limit = wanted["record_limit"]
    is_strong = (probability >= STRONG) | (rank <= wanted["last_fact_rank"])

    def united(taken: NDArray[np.bool_]) -> Ints:
        n_facts = int(np.count_nonzero(rank[taken] <= wanted["last_fact_rank"]))
        return unite(left[taken], right[taken], n_facts, living, domain, email, given, family, forbidden, limit)

    cluster = united(is_strong)
    if not is_strong.all():
        supported = _supported(cluster[left], cluster[right], probability, is_strong, np.bincount(cluster, living))
        cluster = united(is_strong | supported)
    _, first, inverse = np.unique(cluster, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return pa.table({"record_id": names, "cluster_no": number[inverse]})


def _supported(
    left: Ints, right: Ints, probability: Floats, is_strong: NDArray[np.bool_], size: NDArray[Any]
) -> NDArray[np.bool_]:
    """Which weak links (m,) tie two groups, named left and right, between which a pair is probable enough on average."""
    one, other = np.minimum(left, right), np.maximum(left, right)
    _, between = np.unique(np.where(is_strong, -1, one * len(size) + other), return_inverse=True)
    total = np.bincount(between, probability)
    return np.asarray(~is_strong & (total[between] >= SUPPORT * size[one] * size[other]))


def _places(ids: pa.ChunkedArray, names: pa.Array) -> Ints:
    """Where each id (n,) stands among the names."""
    return np.asarray(pc.index_in(ids.combine_chunks(), names).to_numpy(zero_copy_only=False), dtype=np.int64)


def _codes(column: pa.ChunkedArray) -> Ints:
    """A number (n,) for each different text, -1 where it is missing."""
    codes = column.combine_chunks().dictionary_encode().indices
    return np.asarray(codes.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _forbidden(apart: pa.Table, names: pa.Array) -> Ints:
    """Pairs of places (k, 2), smaller first and in order; pairs of a record that is not there forbid nothing."""
    known: Any = [pc.index_in(apart.column(name).combine_chunks(), names) for name in ("record_id", "other_record_id")]
    there = pc.and_(known[0].is_valid(), known[1].is_valid())
    places = np.column_stack([each.filter(there).to_numpy(zero_copy_only=False).astype(np.int64) for each in known])
    return np.unique(np.sort(places, axis=1), axis=0)
