"""Splink on records that are already normalised: `python benchmarks/identity_splink.py RECORDS FACTS TRUTH OUT`.

Runs in an environment of its own, which has splink and nothing of this project. All four are files: RECORDS what
int_identity__match_forms holds, FACTS pairs that merges and ids tie, TRUTH record and person, OUT the result as JSON.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import time
from collections import Counter

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import EMTrainingException

MIN_FILLED = 0.02
"""A column that is emptier than this is left out: nothing could be learnt about it."""
THRESHOLDS = [
    1e-6,
    1e-5,
    1e-4,
    0.001,
    0.005,
    0.01,
    0.02,
    0.05,
    *(i / 20 for i in range(2, 20)),
    0.96,
    0.97,
    0.98,
    0.99,
    0.995,
    0.999,
    *(1 - 10**-nines for nines in range(4, 13)),
]
BLOCKS = [
    ("email",), ("mailbox",), ("phone",), ("name_beginnings",), ("family", "formal_given"), ("family", "formal_given", "title"),
    ("family", "formal_given", "city"), ("family", "work_domain"), ("family", "company"), ("formal_given", "work_domain"),
    ("formal_given", "company"), ("birth_date",), ("street",), ("postal_code",), ("family", "postal_code"),
    ("formal_given", "postal_code"), ("family", "city"), ("formal_given", "city"),
]  # fmt: skip
"""The blocks of int_identity__blocks."""
BLOCK_LIMIT = 50
"""Blocks larger than this are skipped, as ours are: Splink would compare the square of them."""
TRAINING = [("formal_given", "family"), ("birth_date",), ("email",), ("phone",)]
"""Rules of expectation maximisation: each learns about the columns it does not name."""
CERTAIN = [("formal_given", "family", "birth_date"), ("email", "family"), ("formal_given", "family", "phone")]
"""Who agrees on one of these is one person; they find seven in ten pairs."""
MAX_TRAINING_PAIRS = 1e6


def comparisons(filled: set[str]) -> list:
    """A comparison for each column, from Splink's library, with the adjustment for frequent words where it is offered."""
    possible = {
        "formal_given": cl.NameComparison("formal_given"),
        "family": cl.NameComparison("family"),
        "birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True),
        "email": cl.EmailComparison("email"),
        "phone": cl.LevenshteinAtThresholds("phone", [1, 2]).configure(term_frequency_adjustments=True),
        "company": cl.JaroWinklerAtThresholds("company", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        "street": cl.JaroWinklerAtThresholds("street", [0.9, 0.8]).configure(term_frequency_adjustments=True),
        "city": cl.JaroWinklerAtThresholds("city", [0.9, 0.8]).configure(term_frequency_adjustments=True),
        "postal_code": cl.LevenshteinAtThresholds("postal_code", [1, 2]).configure(term_frequency_adjustments=True),
        "title": cl.ExactMatch("title").configure(term_frequency_adjustments=True),
        "country": cl.ExactMatch("country").configure(term_frequency_adjustments=True),
    }
    return [comparison for column, comparison in possible.items() if column in filled]


def swept(facts: list[tuple[int, int]], edges: list[tuple[int, int, float]], persons: list) -> list[dict[str, float]]:
    """The quality at each threshold: edges are taken from the most probable on, and looked at on the way."""
    root = list(range(len(persons)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for left, right in facts:
        root[find(left)] = find(right)
    rows, taken = [], 0
    for threshold in sorted(THRESHOLDS, reverse=True):
        while taken < len(edges) and edges[taken][2] >= threshold:
            left, right, _ = edges[taken]
            root[find(left)] = find(right)
            taken += 1
        rows.append({"threshold": threshold, **quality([find(i) for i in range(len(root))], persons)})
    return rows


def quality(clusters: list[int], persons: list) -> dict[str, float]:
    """Precision, recall and F1 over all pairs of records."""
    found, true, both = (
        sum(n * (n - 1) / 2 for n in Counter(keys).values())
        for keys in (clusters, persons, zip(clusters, persons, strict=True))
    )
    return {"precision": both / found if found else 1.0, "recall": both / true, "f1": 2 * both / (found + true)}


def _has_pair(connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...]) -> bool:
    """Whether two records agree on the columns: from rules that find nobody Splink takes a prior of zero, and fails."""
    named, keys = " and ".join(f"{name} is not null" for name in columns), ", ".join(columns)
    query = f"select 1 from records where {named} group by {keys} having count(*) > 1 limit 1"
    return bool(connection.execute(query).fetchall())


def main() -> None:
    """Train, predict, cluster; then look for the threshold that the truth likes best."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    records_file, facts_file, truth_file, out = sys.argv[1:]
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    names = duckdb.sql(f"from '{records_file}'").columns
    shares = duckdb.sql(
        f"select {', '.join(f'count({name}) / count(*)' for name in names)} from '{records_file}'"
    ).fetchall()[0]
    filled = {name for name, share in zip(names, shares, strict=True) if share >= MIN_FILLED}
    usable = [columns for columns in BLOCKS if set(columns) <= filled]
    bounded = []
    for i, columns in enumerate(usable):
        words, size = " || chr(31) || ".join(columns), f"count(*) over (partition by {', '.join(columns)})"
        bounded.append(f"case when {size} <= {BLOCK_LIMIT} then {words} end as block_{i}")
    connection.execute(f"create table records as select *, {', '.join(bounded)} from '{records_file}'")

    started = time.perf_counter()
    database = DuckDBAPI(connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=comparisons(filled),
        blocking_rules_to_generate_predictions=[block_on(f"block_{i}") for i in range(len(usable))],
    )
    linker = Linker(database.register("records"), settings)
    certain = [columns for columns in CERTAIN if set(columns) <= filled and _has_pair(connection, columns)]
    if certain:
        rules = [block_on(*columns) for columns in certain]
        linker.training.estimate_probability_two_random_records_match(rules, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for columns in TRAINING:
        if set(columns) <= filled:
            # On the smallest sets a rule may find no pair to learn from, or nothing but matches.
            with contextlib.suppress(EMTrainingException, ValueError):
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*columns), max_pairs=MAX_TRAINING_PAIRS
                )
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=0.9)
    seconds = time.perf_counter() - started

    ids = [record for (record,) in connection.execute("select record_id from records order by record_id").fetchall()]
    place = {record: i for i, record in enumerate(ids)}
    persons = dict(duckdb.sql(f"select record_id, person from '{truth_file}'").fetchall())
    truth = [persons[record] for record in ids]
    found = connection.execute(
        f"select record_id_l, record_id_r, match_probability from {predicted.physical_name} order by match_probability desc"
    ).fetchall()
    edges = [(place[left], place[right], probability) for left, right, probability in found]
    facts = [
        (place[left], place[right])
        for left, right in duckdb.sql(f"from '{facts_file}'").fetchall()
        if left in place and right in place
    ]
    sweep = swept(facts, edges, truth)
    best = max(sweep, key=lambda row: row["f1"])
    with open(out, "w") as file:
        json.dump({**best, "seconds": seconds, "columns": sorted(filled), "pairs": len(edges), "sweep": sweep}, file)


if __name__ == "__main__":
    main()
