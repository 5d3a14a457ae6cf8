"""What a warehouse may tell besides: what would help a lead, why its score moved, and what moved scores on other days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from leadscore.report.queries import Queries

TABLES = ("fct_feature_importance", "fct_lead_score_changes", "fct_lead_score_what_if", "what_if_actions")
"""Without them the report leaves out what they tell."""
MOST_LINES = 3
MOST_TOPICS = 5
MOST_DAYS = 60
"""The newest days that are drawn."""


@dataclass(frozen=True)
class Line:
    """Something and by how many points it moves a score."""

    text: str
    points: float


@dataclass(frozen=True)
class Change:
    """A lead's score of before, and the strongest causes of it being another now."""

    day: date
    previous_score: float
    previous_raw_score: float
    causes: list[Line]


@dataclass(frozen=True)
class Trend:
    """How far a topic moved scores on average, day by day from the first; None where a day does not know it."""

    topic: str
    sizes: list[float | None]


@dataclass(frozen=True)
class History:
    """Days that were scored, which of them another model scored than the day before, and the strongest topics of the last."""

    days: list[date]
    renewed: list[date]
    trends: list[Trend]


def helps(run: Queries, lead_id: str) -> list[Line]:
    """What would raise a lead's score of now, strongest first."""
    if not run.has("fct_lead_score_what_if", "what_if_actions"):
        return []
    found = run.rows(
        f"""
        select coalesce(any_value(actions.sentence), any_value(told.action)), any_value(told.points)
        from {{fct_lead_score_what_if}} as told
        inner join {{fct_lead_scores}} as scores on told.lead_id = scores.lead_id and told.as_of = scores.as_of::date
        left join {{what_if_actions}} as actions on told.action = actions.action
        where told.lead_id = ?
        group by told.rank order by told.rank limit {MOST_LINES}
        """,
        [lead_id],
    )
    return [Line(*line) for line in found]


def change(run: Queries, lead_id: str) -> Change | None:
    """Why a lead's score is another than when it was scored before; None if nothing is known of before."""
    if not run.has("fct_lead_score_changes"):
        return None
    found = run.rows(
        f"""
        select
            changes.previous_as_of, changes.previous_score, changes.previous_raw_score, changes.change_text, changes.points
        from {{fct_lead_score_changes}} as changes
        inner join {{fct_lead_scores}} as scores on changes.lead_id = scores.lead_id and changes.as_of = scores.as_of::date
        where changes.lead_id = ? order by changes.rank limit {MOST_LINES}
        """,
        [lead_id],
    )
    if not found:
        return None
    day, score, raw_score, *_ = found[0]
    return Change(day, score, raw_score, [Line(text, points) for *_, text, points in found])


def history(run: Queries) -> History | None:
    """What moved the scores of all open leads, if more than one day is known."""
    if not run.has("fct_feature_importance"):
        return None
    found = run.rows(
        f"""
        with topics as (

            select as_of, model_version, feature_group, mean_absolute_points, dense_rank() over (order by as_of desc) as age
            from {{fct_feature_importance}}
            where segment = 'all' and grouped_by = 'topic'
            and as_of <= (select max(as_of)::date from {{fct_lead_scores}})

        )

        select as_of, model_version, feature_group, mean_absolute_points
        from topics where age <= {MOST_DAYS} order by as_of, feature_group
        """
    )
    days = sorted({day for day, *_ in found})
    if len(days) < 2:
        return None
    model = {day: version for day, version, *_ in found}
    sizes = {(topic, day): size for day, _, topic, size in found}
    last = sorted(((-size, topic) for day, _, topic, size in found if day == days[-1]))[:MOST_TOPICS]
    return History(
        days,
        [day for before, day in pairwise(days) if model[before] != model[day]],
        [Trend(topic, [sizes.get((topic, day)) for day in days]) for _, topic in last],
    )
