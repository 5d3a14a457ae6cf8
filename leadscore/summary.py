"""What a build found, for people: volumes, quality with intervals, and the best leads with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np

from leadscore.database import open_database
from leadscore.errors import LeadscoreError
from leadscore.learning.metrics import with_intervals

VOLUMES = (
    ("dim_leads", "people"),
    ("lead_source_records", "source records they were united from"),
    ("dim_accounts", "companies"),
    ("fct_activities", "touches"),
    ("fct_intent_signals", "intent signals"),
    ("feat_leads", "feature rows"),
    ("fct_lead_scores", "open leads scored"),
)
METRICS = (
    ("roc_auc", "ROC-AUC"),
    ("pr_auc", "PR-AUC"),
    ("lift_at_decile", "lift, top 10 %"),
    ("log_loss", "log loss"),
    ("calibration_slope", "calibration slope"),
)
Figure = tuple[float, ...]
SCORERS = {"model": "model", "rules": "rule points", "ceiling": "truth (the ceiling)"}


def summary(database: Path, best: int = 10) -> str:
    """The summary of the newest build in a DuckDB file; LeadscoreError if there was none."""
    with open_database(database) as connection:
        homes = _schemas(connection)
        missing = [name for name in ("fct_lead_scores", "ml_metrics", "ml_models") if name not in homes]
        if missing:
            raise LeadscoreError(f"{database} has no table {missing[0]}: run `dbt build` first.")
        parts = [_volumes(connection, homes), _quality(connection, homes), _best_leads(connection, homes, best)]
    return "\n\n".join(parts)


def _schemas(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Each table's qualified name, by its name: names are unique across schemas."""
    found = connection.execute(
        """
        select table_name, table_schema from information_schema.tables
        where table_schema not in ('marketo', 'salesforce', 'bombora', 'g2')
        """
    ).fetchall()
    return {name: f'"{schema}"."{name}"' for name, schema in found}


def _volumes(connection: duckdb.DuckDBPyConnection, homes: dict[str, str]) -> str:
    lines = []
    for table, meaning in VOLUMES:
        count = _one(connection, f"select count(*) from {homes[table]}")[0]
        lines.append(f"  {count:>12,}  {meaning}  ({table})")
    return "\n".join(["What is in the warehouse", *lines])


def _quality(connection: duckdb.DuckDBPyConnection, homes: dict[str, str]) -> str:
    version, mode, rows, conversions = _one(
        connection,
        f"""
        select model_version, mode, training_rows, training_conversions
        from {homes["ml_models"]} where status = 'champion'
        """,
    )
    kind = mode.replace("_", " ")
    head = f"The model: {kind} {version}, learnt from {rows:,} snapshots with {conversions:,} conversions"
    figures: dict[tuple[str, str, str], Figure] = {}
    for split, scorer, metric, *interval in connection.execute(
        f"""
        select split, scorer, metric, value, lower, upper
        from {homes["ml_metrics"]} where slice_kind = 'all' and model_version = ?
        """,
        [version],
    ).fetchall():
        figures[split, scorer, metric] = tuple(np.nan if bound is None else bound for bound in interval)
    figures |= _ceiling(connection, homes, version)
    n_rows, n_positive = _one(
        connection,
        f"""
        select coalesce(max(n_rows), 0), coalesce(max(n_positive), 0)
        from {homes["ml_metrics"]} where split = 'out_of_time' and slice_kind = 'all' and model_version = ?
        """,
        [version],
    )
    if not n_positive:
        return f"{head}.\n  No conversion among the held-out leads yet: quality cannot be judged."
    columns = [("out_of_time", scorer) for scorer in SCORERS] + [("random", "model")]
    columns = [column for column in columns if any(key[:2] == column for key in figures)]
    titles = [SCORERS[scorer] if split == "out_of_time" else "model, random split" for split, scorer in columns]
    lines = ["  " + f"{'':<18}" + "".join(f"{title:>26}" for title in titles)]
    for metric, name in METRICS:
        lines.append(
            "  " + f"{name:<18}" + "".join(f"{_interval(figures.get((*column, metric))):>26}" for column in columns)
        )
    skill = _skill(figures)
    return "\n".join(
        [
            f"{head}.",
            f"Judged on {n_rows:,} snapshots of the newest months, {n_positive:,} of them conversions, by models that",
            "knew neither their time nor their account (95 % intervals; the random split shows what leaking adds):",
            *lines,
            *([skill] if skill else []),
        ]
    )


def _interval(figure: Figure | None) -> str:
    if figure is None or np.isnan(figure[0]):
        return "-"
    value, lower, upper = figure
    return f"{value:.3f} [{lower:.3f}, {upper:.3f}]"


def _ceiling(
    connection: duckdb.DuckDBPyConnection, homes: dict[str, str], version: str
) -> dict[tuple[str, str, str], Figure]:
    """In a simulated world, the metrics of the true probability on the same held-out rows: no model can do better."""
    if "conversion_probability" not in homes:
        return {}
    found = connection.execute(
        f"""
        select
            any_value(predictions.owner) as owner,
            any_value(predictions.is_converted) as is_converted,
            max(truth.probability) as probability
        from {homes["ml_holdout_predictions"]} as predictions
        inner join {homes["lead_source_records"]} as records on predictions.lead_id = records.lead_id
        inner join {homes["record_person"]} as persons on records.record_id = persons.record_id
        inner join {homes["conversion_probability"]} as truth
            on persons.person_id = truth.person_id
            and predictions.as_of >= truth.valid_from
            and predictions.as_of < truth.valid_to
        where predictions.split = 'out_of_time' and predictions.model_version = ?
        group by predictions.lead_id, predictions.as_of
        order by predictions.lead_id, predictions.as_of
        """,
        [version],
    ).fetchnumpy()
    if not len(found["is_converted"]):
        return {}
    metrics = with_intervals(found["is_converted"], found["probability"], found["owner"])
    return {
        ("out_of_time", "ceiling", metric): tuple(interval)
        for metric, *interval in metrics[["metric", "value", "lower", "upper"]].values.tolist()
    }


def _skill(figures: dict[tuple[str, str, str], Figure]) -> str:
    """How much of what can be known the model knows, on the scale from chance to ceiling."""
    ceiling = figures.get(("out_of_time", "ceiling", "roc_auc"))
    if ceiling is None:
        return ""
    parts = []
    for scorer in ("model", "rules"):
        share = (figures["out_of_time", scorer, "roc_auc"][0] - 0.5) / (ceiling[0] - 0.5)
        parts.append(f"{SCORERS[scorer]} {share:.0%}")
    return f"  Of the ranking skill that the true probability has over chance: {', '.join(parts)}."


def _best_leads(connection: duckdb.DuckDBPyConnection, homes: dict[str, str], best: int) -> str:
    leads = connection.execute(
        f"""
        select
            scores.lead_id,
            coalesce(leads.first_name || ' ', '') || coalesce(leads.last_name, leads.email, 'without name'),
            coalesce(leads.title, 'title unknown'),
            coalesce(accounts.account_name, leads.company_name, 'company unknown'),
            scores.score,
            scores.conversion_probability
        from {homes["fct_lead_scores"]} as scores
        inner join {homes["dim_leads"]} as leads on scores.lead_id = leads.lead_id
        left join {homes["dim_accounts"]} as accounts on leads.account_id = accounts.account_id
        order by scores.raw_score desc, scores.lead_id
        limit {int(best)}
        """
    ).fetchall()
    lines = [f"The {len(leads)} best open leads"]
    for lead_id, name, title, company, score, probability in leads:
        person = ", ".join(_in_a_line(text) for text in (name, title, company))
        lines.append(f"  {score:5.1f}  {person}: {probability:.1%} to convert")
        reasons = connection.execute(
            f"""
            select points, reason_text from {homes["fct_lead_score_reasons"]}
            where lead_id = ? and feature != 'all_other_features' order by rank limit 3
            """,
            [lead_id],
        ).fetchall()
        lines += [f"       {points:+5.0f}  {_in_a_line(text, most=120)}" for points, text in reasons]
    return "\n".join(lines)


def _in_a_line(text: str, most: int = 60) -> str:
    """A text that may be anything, such as a page pasted into a title, with what fits on a line."""
    line = " ".join(text[: 10 * most].split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _one(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> tuple:  # type: ignore[type-arg]
    found = connection.execute(query, list(values)).fetchone()
    assert found is not None
    return tuple(found)
