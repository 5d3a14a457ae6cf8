"""What the report tells, read from a built warehouse: aggregates, a bounded sample of leads, and the held-out predictions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from leadscore.errors import LeadscoreError
from leadscore.report import extras
from leadscore.report.extras import Change, History, Line
from leadscore.report.queries import Queries, homes
from leadscore.report.words import feature_name

TABLES = (
    "dim_accounts",
    "dim_leads",
    "fct_lead_score_reasons",
    "fct_lead_scores",
    "feature_catalogue",
    "ml_holdout_predictions",
    "ml_lead_contributions",
    "ml_lead_explanations",
    "ml_metrics",
    "ml_models",
    "score_bands",
)
SAMPLE = 1000
"""Leads drawn in the pictures of single leads, chosen by the hash of their id."""
SHOWN_FEATURES = 12
"""Features whose sampled points are read."""
BATCH = 20_000
"""Leads whose points are held in memory at a time."""
BIN_WIDTH = 4
"""Points of score a bar of the distribution stands for."""
# The sum of floats depends on the order in which threads add them; that of decimals does not.
_EXACT = "cast(sum(cast({} as decimal(38, 12))) as double)"


@dataclass(frozen=True)
class Model:
    """The champion's row of the registry."""

    version: str
    mode: str
    conversion_event: str
    horizon_days: int
    feature_names: list[str]
    training_rows: int
    training_conversions: int
    training_from: date | None
    training_until: date | None
    reference_odds: float
    sha256: str
    n_retired: int

    @property
    def chance_at_50(self) -> float:
        """The probability that a score of 50 stands for."""
        return self.reference_odds / (1 + self.reference_odds)


@dataclass(frozen=True)
class Band:
    """A score band with the open leads in it and the conversions their probabilities add up to."""

    name: str
    low: float
    high: float
    meaning: str
    n: int
    expected: float


@dataclass(frozen=True)
class Scores:
    """All open leads: how many, their bands from the highest, and bars (lower edge, band, leads, expected conversions)."""

    as_of: date | None
    n: int
    expected: float
    n_clipped: int
    bands: list[Band]
    bars: list[tuple[Any, ...]]


@dataclass(frozen=True)
class HeldOut:
    """Predictions of snapshots of the newest months by models that knew neither their time nor their account, (n,) each."""

    label: NDArray[np.bool_]
    model: NDArray[np.float64]
    rules: NDArray[np.float64]
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Metric:
    """A figure of quality with its 95 % interval; None where it does not exist."""

    value: float | None
    lower: float | None
    upper: float | None
    n: int
    n_positive: int


@dataclass(frozen=True)
class Feature:
    """A feature, what the catalogue says of it, and how it moves scores."""

    name: str
    label: str
    kind: str
    family: str
    topic: str
    unit: str
    description: str
    mean_size: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Group:
    """Features told as one: a family, or a topic with its family. The mean size is that of their sum, lead by lead."""

    name: str
    family: str
    n_features: int
    mean_size: float


@dataclass(frozen=True)
class Drawn:
    """The sampled leads' values and points of one feature, (n,) each, in the order of the sample."""

    values: list[str | None]
    points: NDArray[np.float64]


@dataclass(frozen=True)
class Reason:
    """A line of a lead's explanation."""

    feature: str
    points: float
    text: str


@dataclass(frozen=True)
class Lead:
    """A lead with its explanation: base score plus the reasons' points is the raw score."""

    role: str
    name: str
    title: str
    company: str
    score: float
    raw_score: float
    base_score: float
    probability: float
    band: str
    percentile: float
    reasons: list[Reason]
    helps: list[Line]
    change: Change | None


@dataclass(frozen=True)
class Facts:
    """Everything on the page. Without a model there is nothing else."""

    model: Model
    scores: Scores
    held_out: HeldOut
    metrics: dict[tuple[str, str, str], Metric]
    features: list[Feature]
    families: list[Group]
    topics: list[Group]
    drawn: dict[str, Drawn]
    n_drawn: int
    leads: list[Lead]
    history: History | None


def read_facts(connection: duckdb.DuckDBPyConnection, name: str) -> Facts:
    """All facts from a connection to a built warehouse; `name` is what messages call it.

    Raises LeadscoreError if a table is missing or no model is the champion.
    """
    found = homes(connection, (*TABLES, *extras.TABLES))
    missing = [table for table in TABLES if table not in found]
    if missing:
        raise LeadscoreError(f"{name} has no table {missing[0]}: run `dbt build` first.")
    run = Queries(connection, found)
    model = _model(run, name)
    features, families, topics = _moved(run, name, model.feature_names)
    drawn, n_drawn = _drawn(run, [feature.name for feature in features[:SHOWN_FEATURES]])
    return Facts(
        model=model,
        scores=_scores(run),
        held_out=_held_out(run),
        metrics=_metrics(run),
        features=features,
        families=families,
        topics=topics,
        drawn=drawn,
        n_drawn=n_drawn,
        leads=_leads(run),
        history=extras.history(run),
    )


def _model(run: Queries, name: str) -> Model:
    found = run.rows(
        """
        select
            model_version, mode, conversion_event, horizon_days, feature_names,
            training_rows, training_conversions, training_from, training_until, reference_odds, artifact_sha256,
            (select count(*) from {ml_models} where status = 'retired')
        from {ml_models} where status = 'champion' order by model_version
        """
    )
    if not found:
        raise LeadscoreError(f"{name} has no champion in ml_models: run `dbt build` to train one.")
    version, mode, event, horizon, names, *rest = found[0]
    return Model(version, mode, event, horizon, json.loads(names), *rest)


def _scores(run: Queries) -> Scores:
    expected = _EXACT.format("conversion_probability")
    ((as_of, n, total, n_clipped),) = run.rows(
        f"""
        select max(as_of), count(*), coalesce({expected}, 0), count(*) filter (where raw_score != score)
        from {{fct_lead_scores}}
        """
    )
    bands = run.rows(
        f"""
        select bands.band, any_value(bands.min_score), any_value(bands.max_score), any_value(bands.meaning),
            count(scores.lead_id), coalesce({expected}, 0)
        from {{score_bands}} as bands left join {{fct_lead_scores}} as scores on bands.band = scores.score_band
        group by bands.band order by any_value(bands.min_score) desc, bands.band
        """
    )
    bars = run.rows(
        f"""
        select least(floor(score / {BIN_WIDTH}), {100 // BIN_WIDTH - 1}) * {BIN_WIDTH} as low, min(score_band), count(*), {expected}
        from {{fct_lead_scores}} group by low order by low
        """
    )
    return Scores(as_of, n, total, n_clipped, [Band(*row) for row in bands], bars)


_OF_CHAMPION = "model_version in (select model_version from {ml_models} where status = 'champion')"


def _held_out(run: Queries) -> HeldOut:
    where = f"from {{ml_holdout_predictions}} where split = 'out_of_time' and {_OF_CHAMPION}"
    ((first, last),) = run.rows(f"select min(as_of)::date, max(as_of)::date {where}")
    found = run.arrays(f"select is_converted, model_probability, rules_probability {where} order by lead_id, as_of")
    return HeldOut(
        np.asarray(found["is_converted"], dtype=bool),
        np.asarray(found["model_probability"], dtype=np.float64),
        np.asarray(found["rules_probability"], dtype=np.float64),
        first,
        last,
    )


def _metrics(run: Queries) -> dict[tuple[str, str, str], Metric]:
    figures = ", ".join(f"case when not isnan({name}) then {name} end" for name in ("value", "lower", "upper"))
    found = run.rows(
        f"""
        select split, scorer, metric, {figures}, n_rows, n_positive
        from {{ml_metrics}} where slice_kind = 'all' and {_OF_CHAMPION}
        """
    )
    return {(split, scorer, metric): Metric(*figure) for split, scorer, metric, *figure in found}


def _moved(run: Queries, name: str, names: Sequence[str]) -> tuple[list[Feature], list[Group], list[Group]]:
    """The champion's features, families and topics, those that move scores most first, in one pass over all open leads."""
    known = {
        feature: (label or feature_name(feature), kind, family, topic, unit, description)
        for feature, label, kind, family, topic, unit, description in run.rows(
            """
            select feature, label, kind, coalesce(family, 'other'), coalesce(topic, 'other'), coalesce(unit, ''), coalesce(description, '')
            from {feature_catalogue}
            """
        )
    }
    described = [
        (feature, *known.get(feature, (feature_name(feature), "numeric", "other", "other", "", "")))
        for feature in names
    ]
    members: dict[tuple[str, str, str], list[int]] = {}
    for k, (_, _, _, family, topic, *_) in enumerate(described):
        members.setdefault(("family", family, family), []).append(k)
        members.setdefault(("topic", topic, family), []).append(k)
    sums, lowest, highest, n = _sums(run, name, len(described), list(members.values()))
    size = (sums / max(n, 1)).tolist()
    features = [Feature(*told, size[k], lowest[k], highest[k]) for k, told in enumerate(described)]
    groups = [
        (level, Group(group, family, len(of), mean))
        for ((level, group, family), of), mean in zip(members.items(), size[len(described) :], strict=True)
    ]
    if not n:
        return [], [], []
    groups.sort(key=lambda one: (-one[1].mean_size, one[1].name, one[1].family))
    return (
        sorted(features, key=lambda feature: (-feature.mean_size, feature.name)),
        [group for level, group in groups if level == "family"],
        [group for level, group in groups if level == "topic"],
    )


def _sums(
    run: Queries, name: str, width: int, members: list[list[int]]
) -> tuple[NDArray[np.float64], list[float], list[float], int]:
    """Sums of the sizes of points over all leads, of each feature and then of each group of features; the lowest and highest
    points of each feature; the number of leads.

    A group's points are summed lead by lead first: what a feature adds and its twin takes back moves no score. Sizes are
    added as whole billionths of a point, so that the order of leads does not matter; memory holds a batch.
    """
    order = np.array([k for of in members for k in of], dtype=np.int64)
    starts = np.cumsum([0, *(len(of) for of in members[:-1])])
    total, n = np.zeros(width + len(members), dtype=np.int64), 0
    lowest, highest = np.full(width, np.inf), np.full(width, -np.inf)
    reader = run.connection.sql("select points from {ml_lead_explanations}".format(**run.homes)).to_arrow_reader(BATCH)
    for batch in reader:
        flat = batch.column(0).flatten().to_numpy(zero_copy_only=False).astype(np.float64)
        if len(flat) != batch.num_rows * width:
            raise LeadscoreError(
                f"The explanations in {name} are not of the champion's features: run `dbt build` again."
            )
        if not len(flat):
            continue
        points = flat.reshape(-1, width)
        together = np.hstack([points, np.add.reduceat(points[:, order], starts, axis=1)])
        total += np.rint(np.abs(together) * 1e9).astype(np.int64).sum(axis=0)
        lowest, highest = np.minimum(lowest, points.min(axis=0)), np.maximum(highest, points.max(axis=0))
        n += len(points)
    return total / 1e9, lowest.tolist(), highest.tolist(), n


def _drawn(run: Queries, features: list[str]) -> tuple[dict[str, Drawn], int]:
    """Values and points of some features for the sampled leads, and how many leads that is."""
    sample = "select lead_id from {fct_lead_scores} order by md5(lead_id), lead_id limit " + str(SAMPLE)
    found = run.rows(
        f"""
        select contributions.feature, contributions.feature_value, contributions.points
        from {{ml_lead_contributions}} as contributions
        where contributions.lead_id in ({sample}) and list_contains(?, contributions.feature)
        order by md5(contributions.lead_id), contributions.lead_id, contributions.feature
        """,
        [features],
    )
    drawn = {}
    for name in features:
        lines = [(value, points) for feature, value, points in found if feature == name]
        drawn[name] = Drawn([value for value, _ in lines], np.array([points for _, points in lines], dtype=np.float64))
    return drawn, max((len(one.values) for one in drawn.values()), default=0)


def _leads(run: Queries) -> list[Lead]:
    """The best lead, the one in the middle, and the one at the end of the first tenth from below, each once."""
    chosen = run.rows(
        """
        with ranked as (

            select *, row_number() over (order by raw_score desc, lead_id) as place, count(*) over () as n
            from {fct_lead_scores}

        )

        select
            ranked.lead_id,
            case when ranked.place = 1 then 'best' when ranked.place = (n + 1) // 2 then 'median' else 'cold' end,
            coalesce(leads.first_name || ' ', '') || coalesce(leads.last_name, leads.email, 'Without name'),
            coalesce(leads.title, 'title unknown'),
            coalesce(accounts.account_name, leads.company_name, 'company unknown'),
            ranked.score, ranked.raw_score, ranked.base_score, ranked.conversion_probability, ranked.score_band,
            ranked.percentile
        from ranked
        left join {dim_leads} as leads on ranked.lead_id = leads.lead_id
        left join {dim_accounts} as accounts on leads.account_id = accounts.account_id
        where ranked.place in (1, (n + 1) // 2, n - n // 10)
        order by ranked.place
        """
    )
    leads = []
    for lead_id, *shown in chosen:
        reasons = [Reason(*line) for line in _reasons(run, lead_id)]
        told: Any = (*shown, reasons, extras.helps(run, lead_id), extras.change(run, lead_id))
        leads.append(Lead(*told))
    return leads


def _reasons(run: Queries, lead_id: str) -> list[tuple[Any, ...]]:
    return run.rows(
        "select feature, points, reason_text from {fct_lead_score_reasons} where lead_id = ? order by rank", [lead_id]
    )
