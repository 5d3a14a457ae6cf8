"""What intent vendors see of companies: weekly surges by topic, and visits to a review site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from leadscore.simulate import dirt
from leadscore.simulate.chain import DECIDING, EVALUATING, RESEARCHING
from leadscore.simulate.clock import DAY, WEEK, at_local_hours, days, instants
from leadscore.simulate.companies import size_band
from leadscore.simulate.draws import Array, Rng, chance, choose, texts, weighted_rows
from leadscore.simulate.drift import AI_CONTENT, AI_SWITCH, NONE
from leadscore.simulate.scene import Scene
from leadscore.simulate.vocabulary import table
from leadscore.simulate.write import WorldWriter

COVERED = 0.7
"""Share of companies whose network the intent vendor recognises."""
REPORTED = {RESEARCHING: 0.14, EVALUATING: 0.22, DECIDING: 0.22}
"""Chance in a week that a company is reported on a topic of relevance 1, by stage, beyond the idle chance."""
IDLE = 0.005
EPISODE = 0.04
"""Share of companies in a spell of research for no purchase of ours, at any one time; it lasts about six weeks."""
HEAT = {RESEARCHING: 9.0, EVALUATING: 14.0, DECIDING: 14.0}
"""What a stage adds to a topic's composite score, times the topic's relevance."""
AI_TOPIC = "AI lead scoring"
"""The topic that is of no relevance until a drift begins, and then of all."""
OTHER_TOPICS = {NONE: 1.0, AI_SWITCH: 1.0, AI_CONTENT: 0.3}
"""What the drift leaves of the relevance of the others."""
REVIEWED = np.array([0.0020, 0.030, 0.120, 0.130, 0.004, 0.005])
"""Signals of the review site in a week, by stage."""
SIGNALS = ("profile", "pricing", "compare", "category", "alternatives")
SIGNAL_MIX = np.array(
    [[4, 1, 1, 5, 1], [4, 1, 1.5, 5, 1.5], [4, 2.5, 4, 2, 3], [3, 5, 5, 1, 3], [4, 1, 1, 5, 1], [6, 1, 1, 1, 1]]
)
PRODUCT = "Example Vendor Lead Scoring"


def write_intent(rng: Rng, writer: WorldWriter, scene: Scene) -> None:
    """The tables bombora.company_surge and g2.buyer_intent."""
    _write_surges(rng, writer, scene)
    _write_reviews(rng, writer, scene)


def _write_surges(rng: Rng, writer: WorldWriter, scene: Scene) -> None:
    companies, span, topics = scene.companies, scene.span, table("topics")
    covered = chance(rng, COVERED, len(companies))
    idle_research = _episodes(rng, span.weeks, len(companies))
    parts = []
    for row, (name, usual) in enumerate(zip(topics["topic_name"], topics["relevance"].to_numpy(float), strict=True)):
        later = usual * OTHER_TOPICS[scene.drift.name] if name != AI_TOPIC else 1.0
        relevance = np.where(np.arange(span.weeks) >= scene.drift.week, later, usual)
        parts.append(_one_topic(rng, scene.journeys.stage, idle_research, covered, relevance).assign(topic=row))
    found = pd.concat(parts, ignore_index=True).sort_values(["week", "company", "topic"], ignore_index=True)
    company, topic = found["company"].to_numpy(), found["topic"].to_numpy()
    firm = companies.iloc[company]
    before = found.groupby(["company", "topic"], sort=False)["score"].shift()
    published = span.week_start(found["week"].to_numpy() + 1) - DAY
    place = table("cities").iloc[firm["city"]]
    writer.raw(
        "bombora",
        "company_surge",
        {
            "company_name": dirt.missing(rng, firm["trade_name"].to_numpy(object), 0.08),
            "domain": firm["domain"].to_numpy(object),
            "company_size": dirt.missing(rng, size_band(firm["employees"].to_numpy()), 0.1),
            "industry": dirt.missing(rng, table("industries")["industry"].to_numpy(object)[firm["industry"]], 0.1),
            "topic_id": topics["topic_id"].to_numpy()[topic],
            "topic_name": topics["topic_name"].to_numpy(object)[topic],
            "composite_score": found["score"].to_numpy(),
            "composite_score_delta": (found["score"] - before).astype("Int64"),
            "metro_area": dirt.missing(rng, place["metro_area"].to_numpy(object), 0.2),
            "country": place["country"].to_numpy(object),
            "date": days(published),
        },
    )


def _episodes(rng: Rng, weeks: int, companies: int) -> Array:
    """Bool (weeks, companies): research for no purchase of ours, in spells."""
    stay = 1 - 1 / 6
    begin = EPISODE * (1 - stay) / (1 - EPISODE)
    found = np.empty((weeks, companies), dtype=bool)
    now = chance(rng, EPISODE, companies)
    for week in range(weeks):
        found[week] = now
        now = chance(rng, np.where(now, stay, begin), companies)
    return found


def _one_topic(rng: Rng, stage: Array, idle_research: Array, covered: Array, relevance: Array) -> pd.DataFrame:
    """Reports (week, company, score) on one topic whose relevance may change by week."""
    buying, heat = np.zeros(6, dtype=np.float32), np.zeros(6)
    for at in REPORTED:
        buying[at], heat[at] = REPORTED[at], HEAT[at]
    share = IDLE + buying[stage] * relevance[:, None].astype(np.float32) + np.float32(0.08) * idle_research
    week, company = np.nonzero((rng.random(stage.shape, dtype=np.float32) < share) & covered)
    added = heat[stage[week, company]] * relevance[week] + 10.0 * idle_research[week, company]
    score = np.clip(np.round(50 + added + rng.normal(0, 10, len(week))), 1, 100).astype(np.int64)
    return pd.DataFrame({"week": week, "company": company, "score": score})


def _write_reviews(rng: Rng, writer: WorldWriter, scene: Scene) -> None:
    companies, span, stage = scene.companies, scene.span, scene.journeys.stage
    count = rng.poisson(REVIEWED.astype(np.float32)[stage])
    week, company = np.nonzero(count)
    again = count[week, company]
    week, company = np.repeat(week, again), np.repeat(company, again)
    moment = span.week_start(week) + (rng.random(len(week)) * WEEK).astype(np.int64)
    moment = at_local_hours(rng, moment, companies["city"].to_numpy()[company])
    keep = (moment >= span.start_instant) & (moment < span.end_instant)
    order = np.flatnonzero(keep)[np.argsort(moment[keep], kind="stable")]
    week, company, moment = week[order], company[order], moment[order]
    kind = weighted_rows(rng, SIGNAL_MIX[stage[week, company]])
    firm, visitors = companies.iloc[company], 1 + rng.poisson(0.4, len(company))
    writer.raw(
        "g2",
        "buyer_intent",
        {
            "company_name": firm["trade_name"].to_numpy(object),
            "company_domain": dirt.missing(rng, firm["domain"].to_numpy(object), 0.06),
            "company_country": table("countries")["country"].to_numpy(object)[firm["country"]],
            "company_employees": firm["employees"].to_numpy(),
            "signal_type": np.array(SIGNALS, dtype=object)[kind],
            "company_industry": dirt.missing(
                rng, table("industries")["industry"].to_numpy(object)[firm["industry"]], 0.15
            ),
            "product_name": texts(choose(kind == SIGNALS.index("category"), None, PRODUCT)),
            "category_name": "Lead Scoring",
            "time": instants(moment),
            "visitor_count": visitors,
            "total_activity": visitors + rng.poisson(1.5, len(company)),
        },
    )
