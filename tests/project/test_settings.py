"""The project builds green without any of its sources and with every meaning of a conversion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from warm_dbt import WarmDbt
from worlds import TESTED, VARIABLES, connect, copied


# The third meaning, opportunity_won, is built in test_attacks.py.
@pytest.mark.parametrize(
    ("off", "event"),
    [({"marketo", "g2"}, "lead_converted"), ({"salesforce", "bombora"}, "opportunity_created")],
    ids=["without marketo and g2", "without salesforce and bombora"],
)
def test_sources_may_be_switched_off(
    dbt: WarmDbt, small_world: Path, tmp_path: Path, off: set[str], event: str
) -> None:
    database = copied(small_world, tmp_path / "set")
    variables: dict[str, Any] = {f"{source}_enabled": False for source in off} | {"conversion_event": event}
    result = dbt.run(TESTED, database, VARIABLES | variables)
    assert result.ok, result.output
    with connect(database) as connection:
        records, touches, signals, scores = (
            {name for (name,) in connection.execute(query).fetchall()}
            for query in (
                "select source_system from analytics_identity.lead_source_records",
                "select source_system from analytics_timeline.fct_activities",
                "select vendor from analytics_timeline.fct_intent_signals",
                "select model_version from analytics_scoring.fct_lead_scores",
            )
        )
        models = connection.execute("select conversion_event, mode from analytics_learning.ml_models").fetchall()
        conversions = connection.execute("select count(converted_at) from analytics_marts.dim_leads").fetchone()
    assert records == touches == {"marketo", "salesforce"} - off
    assert signals == {"bombora", "g2"} - off
    assert len(scores) == 1
    assert models == [(event, "rules")]
    # Conversions are read from Salesforce: without it nobody has converted.
    assert conversions
    assert (conversions[0] > 0) == ("salesforce" not in off)
