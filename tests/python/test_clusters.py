"""Links become persons, strongest first, and what must stay apart does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore.clusters import clusters

FACT, ADDRESS, MATCH = 4, 5, 6
Link = tuple[str, str, int, float]


def members(names: Sequence[str], **columns: Sequence[Any]) -> pa.Table:
    kept = {
        "mail_domain": pa.string(),
        "email": pa.string(),
        "given_initial": pa.string(),
        "family_initial": pa.string(),
    }
    nothing: list[Any] = [None] * len(names)
    values = {name: pa.array(columns.get(name, nothing), kind) for name, kind in kept.items()}
    return pa.table({"record_id": pa.array(names, pa.string()), "is_living": [True] * len(names), **values})


def persons(
    links: Sequence[Link], records: pa.Table, apart: Sequence[tuple[str, str]] = (), limit: int = 50
) -> set[frozenset[str]]:
    """The sets of records that are one person."""
    names = ("left_record_id", "right_record_id", "evidence_rank", "probability")
    kinds = (pa.string(), pa.string(), pa.int32(), pa.float64())
    table = pa.table({n: pa.array([link[i] for link in links], kinds[i]) for i, n in enumerate(names)})
    said = pa.table(
        {n: pa.array([pair[i] for pair in apart], pa.string()) for i, n in enumerate(("record_id", "other_record_id"))}
    )
    parameters = pa.table({"record_limit": [limit], "last_fact_rank": [FACT]})
    found: dict[int, set[str]] = {}
    for row in clusters(table, records, said, parameters).to_pylist():
        found.setdefault(row["cluster_no"], set()).add(row["record_id"])
    return set(map(frozenset, found.values()))


def sets(*groups: str) -> set[frozenset[str]]:
    return set(map(frozenset, groups))


def test_links_carry_on_and_records_without_any_stand_alone() -> None:
    assert persons([("a", "b", MATCH, 0.9), ("b", "c", ADDRESS, 1.0)], members("abcd")) == sets("abc", "d")


def test_two_personal_addresses_at_one_company_under_two_names_are_cut_at_the_weakest_link() -> None:
    records = members(
        "abc", mail_domain=["acme.com", None, "acme.com"], email=["ann@", None, "bob@"], given_initial=["a", "x", "b"]
    )
    links = [("a", "b", MATCH, 0.7), ("b", "c", MATCH, 0.9)]
    assert persons(links, records) == sets("a", "bc")
    assert persons([("a", "b", FACT, 1.0), ("b", "c", FACT, 1.0)], records) == sets("abc")


def test_swapped_names_are_no_contradiction() -> None:
    records = members(
        "ab", mail_domain=["acme.com"] * 2, email=["ann@", "lee@"], given_initial=["a", "l"], family_initial=["l", "a"]
    )
    assert persons([("a", "b", MATCH, 0.9)], records) == sets("ab")


def test_a_cluster_grows_no_larger_than_its_limit_but_by_facts() -> None:
    names = [f"{i:02}" for i in range(12)]
    by_likeness = [(names[0], name, MATCH, 0.99) for name in names[1:]]
    assert max(map(len, persons(by_likeness, members(names), limit=5))) == 5
    by_fact = [(names[0], name, FACT, 1.0) for name in names[1:]]
    assert persons(by_fact, members(names), limit=5) == {frozenset(names)}


def test_what_people_said_overrules_facts_and_chains() -> None:
    links = [("a", "b", FACT, 1.0), ("b", "c", FACT, 1.0)]
    assert persons(links, members("abc"), apart=[("c", "a")]) == sets("ab", "c")
    assert persons(links, members("abc"), apart=[("a", "nobody")]) == sets("abc")


def test_weak_links_unite_groups_only_where_the_pairs_between_them_are_probable_on_average() -> None:
    strong = [("a", "b", MATCH, 0.95), ("c", "d", MATCH, 0.95)]
    once, twice = [("b", "c", MATCH, 0.8)], [("b", "c", MATCH, 0.8), ("a", "d", MATCH, 0.6)]
    assert persons(strong + once, members("abcd")) == sets("ab", "cd")
    assert persons(strong + twice, members("abcd")) == sets("abcd")
    assert persons(strong[:1] + once, members("abcd")) == sets("abc", "d")
    assert persons([*strong[:1], ("b", "c", MATCH, 0.6)], members("abcd")) == sets("ab", "c", "d")
    assert persons([("b", "c", MATCH, 0.6)], members("abcd")) == sets("a", "bc", "d")
    assert persons([*strong, ("b", "c", FACT, 0.8)], members("abcd")) == sets("abcd")


def test_no_links_and_no_records() -> None:
    assert persons([], members("ab")) == sets("a", "b")
    assert persons([], members("")) == set()


RECORDS = "abcdefgh"
LINKS = st.lists(
    st.tuples(
        st.sampled_from(RECORDS),
        st.sampled_from(RECORDS),
        st.sampled_from([FACT, ADDRESS, MATCH]),
        st.sampled_from([0.6, 0.8, 1.0]),
    ),
    max_size=20,
)
PAIRS = st.lists(
    st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS)).filter(lambda pair: pair[0] != pair[1]), max_size=4
)


@settings(max_examples=200, deadline=None)
@given(LINKS, PAIRS, st.randoms(use_true_random=False))
def test_pairs_kept_apart_never_meet_and_the_order_of_links_does_not_matter(
    links: list[Link], apart: list[tuple[str, str]], random: Any
) -> None:
    found = persons(links, members(RECORDS), apart)
    assert not [pair for pair in apart for group in found if set(pair) <= group]
    assert sorted("".join(sorted(group)) for group in found) == sorted(set("".join(sorted(group)) for group in found))
    shuffled = random.sample(links, len(links))
    assert persons(shuffled, members(RECORDS), apart) == found


@settings(max_examples=100, deadline=None)
@given(LINKS)
def test_without_contradictions_persons_are_connected_components_of_strong_links(links: list[Link]) -> None:
    links = [(left, right, rank, max(probability, 0.9)) for left, right, rank, probability in links]
    expected = {name: {name} for name in RECORDS}
    for left, right, *_ in links:
        union = expected[left] | expected[right]
        for name in union:
            expected[name] = union
    assert persons(links, members(RECORDS)) == {frozenset(group) for group in expected.values()}
