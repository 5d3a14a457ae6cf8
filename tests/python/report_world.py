"""A warehouse as a build would leave it, small and made by hand, with hostile words in every text that data can bring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

SCRIPT = "<script>document.title='owned'</script>"
IMAGE = '"><img src=http://example.invalid/x onerror="document.title=1">'
FEATURES = ("visits_30d", "country", "revenue", "days_since_visit", "unused")
BASE = 45.0
VERSION = "2025-07-01-abc"


def warehouse(
    database: Path, leads: int = 400, judged: int = 600, mode: str = "gradient_boosting", days: int = 3
) -> Path:
    """Write all tables that the report reads; without leads or judged snapshots they are empty. Importance has so many days."""
    rng = np.random.default_rng(3)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema analytics_marts")
        connection.execute("use analytics_marts")
        _vocabularies(connection)
        _model(connection, mode)
        _leads(connection, rng, leads)
        _judgement(connection, rng, judged, mode)
        _extras(connection, days)
    return database


def _vocabularies(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table score_bands as from (values
            ('hot', 80, 101, 'Far above the average: call today.'), ('warm', 60, 80, 'Above the average: call this week.'),
            ('cool', 40, 60, 'About the average: wait.'), ('cold', 0, 40, 'Below the average: no time now.')
        ) as bands (band, min_score, max_score, meaning)
        """
    )
    connection.execute(
        "create table feature_catalogue (feature text, kind text, family text, topic text, unit text, description text, label text)"
    )
    rows = [
        (
            "visits_30d",
            "numeric",
            "behaviour",
            "website",
            "visits",
            "Visits in the last 30 days.",
            "visits in the last 30 days",
        ),
        ("country", "categorical", "fit", f"place {SCRIPT}", "category", f"Country. {IMAGE}", f"country {SCRIPT}"),
        ("revenue", "numeric", "fit", "company", "currency", "Revenue of the company.", None),
        (
            "days_since_visit",
            "numeric",
            "behaviour",
            "website",
            "days",
            "Days since a visit.",
            "days since the last visit",
        ),
        ("unused", "numeric", "intent", "other", "signals", "A feature that no tree uses.", "unused"),
    ]
    connection.executemany("insert into feature_catalogue values (?, ?, ?, ?, ?, ?, ?)", rows)


def _model(connection: duckdb.DuckDBPyConnection, mode: str) -> None:
    connection.execute(
        f"""
        create table ml_models as select
            '{VERSION}' as model_version, '{mode}' as mode, 'champion' as status,
            'opportunity_created' as conversion_event, 90 as horizon_days, '{json.dumps(FEATURES)}' as feature_names,
            4321::bigint as training_rows, 98::bigint as training_conversions, date '2024-01-01' as training_from,
            date '2025-03-31' as training_until, 0.03 as reference_odds, 'ffee' as artifact_sha256
        """
    )


def _leads(connection: duckdb.DuckDBPyConnection, rng: np.random.Generator, n: int) -> None:
    for table, columns in {
        "dim_accounts": "account_id text, account_name text",
        "dim_leads": "lead_id text, account_id text, email text, first_name text, last_name text, title text, company_name text",
        "ml_lead_explanations": "points double[]",
        "ml_lead_contributions": "lead_id text, feature text, feature_value text, points double",
        "fct_lead_scores": (
            "lead_id text, as_of date, model_version text, conversion_probability double, score double, raw_score double, "
            "base_score double, score_band text, percentile double"
        ),
        "fct_lead_score_reasons": (
            'lead_id text, "rank" int, direction text, feature text, feature_value text, points double, reason_text text'
        ),
    }.items():
        connection.execute(f"create table {table} ({columns})")
    if not n:
        return
    connection.execute("insert into dim_accounts values ('a', ?)", [f"Company {SCRIPT}"])
    people, scores, contributions, explanations, reasons = [], [], [], [], []
    for k in range(n):
        lead = f"lead{k:04d}"
        visits, revenue = int(rng.poisson(2)), None if k % 5 == 0 else float(f"{rng.lognormal(15, 2):.4g}")
        country = ("US", "GB", SCRIPT, IMAGE, None)[k % 5]
        days = ("inf", "3", "200", None, "no number")[k % 5]
        values = (str(visits), country, None if revenue is None else f"{revenue:.4g}", days, "0")
        points = [
            4.0 * visits - 10,
            (8.0, -9.0, 2.0, 1.0, -2.0)[k % 5] + rng.normal(),
            rng.normal(0, 3),
            rng.normal(),
            0.0,
        ]
        raw = BASE + sum(points)
        score = min(max(raw, 0.0), 100.0)
        band = "hot" if score >= 80 else "warm" if score >= 60 else "cool" if score >= 40 else "cold"
        odds = 0.03 * 2 ** ((raw - 50) / 10)
        people.append((lead, "a", f"{lead}@example.com", SCRIPT, f"Doe\u202e\x01 {IMAGE} {'x' * 300}", SCRIPT, None))
        scores.append((lead, "2025-07-01", "2025-07-01-abc", odds / (1 + odds), score, raw, BASE, band, 50.0))
        contributions += [(lead, *line) for line in zip(FEATURES, values, points, strict=True)]
        explanations.append((points,))
        told = f"country: {country} {'W' * 200}"
        reasons += [
            (lead, 1, "up", "country", country, points[1], told),
            (lead, 2, "up", "all_other_features", None, sum(points) - points[1], "all other features together"),
        ]
    for table, rows in {
        "dim_leads": people,
        "fct_lead_scores": scores,
        "ml_lead_contributions": contributions,
        "ml_lead_explanations": explanations,
        "fct_lead_score_reasons": reasons,
    }.items():
        _insert(connection, table, rows)


def _extras(connection: duckdb.DuckDBPyConnection, days: int) -> None:
    """What would help, what changed, and importance on some days, the newest of them by another model."""
    connection.execute(
        """
        create table what_if_actions as select * from (values
            ('call', 'one more call ' || $1, 'visits_30d'), ('call', 'one more call ' || $1, 'revenue'),
            ('demo', 'one more demo', 'visits_30d')
        ) as actions (action, sentence, feature)
        """,
        [SCRIPT],
    )
    connection.execute(
        """
        create table fct_lead_score_what_if as
        select
            lead_id, rank::int as rank, as_of, model_version, action, points::double as points,
            'with ' || action || ' ' || round(points) || ' points higher' as what_if_text
        from fct_lead_scores cross join (values (1, 'demo', 12.34), (2, 'call', 3.21)) as advice (rank, action, points)
        """
    )
    connection.execute(
        """
        create table fct_lead_score_changes as
        select
            lead_id, rank::int as rank, as_of - 7 as previous_as_of, as_of, greatest(0, least(100, raw_score - 7.5)) as previous_score,
            score, raw_score - 7.5 as previous_raw_score, raw_score, feature, points::double as points,
            change_text
        from fct_lead_scores cross join (values
            (1, 'country', 9.0, 'country: from ' || $1 || ' to ' || $2), (2, 'visits_30d', -4.0, 'visits: from 3 to 1'),
            (3, 'revenue', 1.0, 'revenue: from 5 to 6'), (4, 'all_other_features', 1.5, 'all other features together')
        ) as changes (rank, feature, points, change_text)
        """,
        [SCRIPT, IMAGE],
    )
    connection.execute(
        f"""
        create table fct_feature_importance as
        select
            date '2025-07-01' - 7 * day::int as as_of, case when day = 0 then '2025-07-01-abc' else 'before' end as model_version,
            segment, grouped_by, feature_group, (size + day)::double as mean_absolute_points
        from range({days}) as days (day)
        cross join (values
            ('all', 'topic', 'website', 5.0), ('all', 'topic', 'company', 1.0), ('all', 'topic', $1, 3.0),
            ('enterprise', 'topic', 'small', 9.0), ('all', 'family', 'fit', 9.0)
        ) as sizes (segment, grouped_by, feature_group, size)
        """,
        [f"place {SCRIPT}"],
    )


def _judgement(connection: duckdb.DuckDBPyConnection, rng: np.random.Generator, n: int, mode: str) -> None:
    from leadscore.learning.metrics import all_metrics

    connection.execute(
        """
        create table ml_holdout_predictions (
            model_version text, split text, lead_id text, as_of timestamp, is_converted boolean, model_probability double,
            rules_probability double
        )
        """
    )
    connection.execute(
        """
        create table ml_metrics (
            model_version text, slice_kind text, split text, scorer text, metric text,
            value double, lower double, upper double, n_rows bigint, n_positive bigint
        )
        """
    )
    if not n:
        connection.execute(
            f"insert into ml_metrics values ('{VERSION}', 'all', 'out_of_time', 'model', 'roc_auc', null, null, null, 0, 0)"
        )
        return
    # Few distinct probabilities, so that there are ties.
    truth = rng.beta(0.4, 6, n).round(2)
    label = rng.random(n) < truth
    rules = truth if mode == "rules" else np.clip(truth + rng.normal(0, 0.1, n), 0.001, 0.999).round(2)
    rows = [
        (VERSION, "out_of_time", f"judged{k:04d}", "2025-02-01", bool(label[k]), float(truth[k]), float(rules[k]))
        for k in range(n)
    ]
    _insert(connection, "ml_holdout_predictions", rows)
    figures = []
    for split, scorer, probability in (
        ("out_of_time", "model", truth),
        ("out_of_time", "rules", rules),
        ("random", "model", truth),
    ):
        figures += [
            (VERSION, "all", split, scorer, metric, value, value - 0.05, value + 0.05, n, int(label.sum()))
            for metric, value in all_metrics(label, probability, threshold=0.2).items()
        ]
    _insert(connection, "ml_metrics", figures)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """All rows at once, which takes a hundredth of the time of one by one."""
    columns = pa.table({f"column_{k}": list(column) for k, column in enumerate(zip(*rows, strict=True))})
    connection.register("columns_to_insert", columns)
    connection.execute(f"insert into {table} from columns_to_insert")
