"""The monitoring nodes: a champion that drifts away is told, and one that is absent or cannot be read stops nothing."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.special import expit

from leadscore import monitoring
from leadscore.learning import dump_artifact, fit

START = date(2025, 1, 6)
PARAMETERS = pa.table({"random_seed": [7]})
BASELINE = '{"out_of_time": {"model": {"roc_auc": [0.85, 0.82, 0.88], "pr_auc": [0.4, 0.34, 0.46], "base_rate": [0.1, 0.09, 0.11]}}}'


def leads(rng: np.random.Generator, n: int, drifted: bool = False) -> pd.DataFrame:
    """Leads whose pricing visits, or since the drift whose AI visits, say how likely they convert."""
    sign, noise = rng.poisson(1.0, n).astype(float), rng.poisson(1.0, n).astype(float)
    person = rng.permutation(n)
    return pd.DataFrame(
        {
            "lead_id": [f"lead {number}" for number in person],
            "account_key": [f"company {number // 2}" for number in person],
            "is_converted": rng.random(n) < expit(-4.5 + 1.5 * sign),
            "pricing_visits": noise + drifted if drifted else sign,
            "ai_visits": sign if drifted else np.zeros(n),
            "lead_age_days": rng.integers(0, 400, n).astype(float),
            "industry": rng.choice(["bank", "shop", "farm"], n),
        }
    )


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    """A reference, 4 weeks as it was, 8 weeks of drift; the labels of the last 2 weeks are not known yet."""
    rng = np.random.default_rng(11)
    parts = [leads(rng, 3_000).assign(part="reference", week=START - timedelta(weeks=20))]
    parts[0]["as_of"] = [START - timedelta(days=int(day)) for day in rng.integers(30, 300, 3_000)]
    for number in range(12):
        week = START + timedelta(weeks=number)
        parts.append(leads(rng, 500, number >= 4).assign(part="current", week=week, as_of=week))
    frame = pd.concat(parts, ignore_index=True)
    frame["is_converted"] = frame["is_converted"].astype("boolean").mask(frame["week"] >= START + timedelta(weeks=10))
    return frame.sort_values(["lead_id", "as_of"], ignore_index=True)


CATALOGUE = pa.table({"feature": ["pricing_visits", "ai_visits"], "topic": ["web", "web"]})


@pytest.fixture(scope="module")
def registry(history: pd.DataFrame) -> pa.Table:
    learnt = history[history["part"] == "reference"]
    model = fit(
        learnt.drop(columns=monitoring.KEYS), learnt["is_converted"].astype(bool), mode="gradient_boosting", nthread=1
    )
    text, sha256 = dump_artifact(model)
    return pa.table({"model_version": ["v1"], "metrics": [BASELINE], "artifact": [text], "artifact_sha256": [sha256]})


def scored(rows: pa.Table, registry: pa.Table) -> pa.Table:
    return pa.Table.from_batches([monitoring.scorer(registry)(batch) for batch in rows.combine_chunks().to_batches()])


@pytest.fixture(scope="module")
def rows(history: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(history, preserve_index=False)


def test_the_monitor_names_what_moved_and_nothing_else(rows: pa.Table, registry: pa.Table) -> None:
    found = monitoring.drift(rows, scored(rows, registry), registry, CATALOGUE).to_pandas()
    assert set(found.groupby("week").size()) == {5}
    beyond = found[(found["psi"] - 2 * found["usual_psi"] >= 0.1) & (found["p_value"] <= 0.001)]
    assert set(beyond["feature"]) == {"pricing_visits", "ai_visits", "score"}
    assert beyond["week"].min() == START + timedelta(weeks=4)
    shares = found.groupby("feature")["importance"].first()
    assert shares["pricing_visits"] > 0.8
    assert np.isnan(shares["score"])
    assert shares.sum() == pytest.approx(1)


def test_the_lost_skill_shows_once_the_horizon_has_passed(rows: pa.Table, registry: pa.Table) -> None:
    found = monitoring.cohort_performance(scored(rows, registry), registry, PARAMETERS).to_pandas()
    assert found["week"].nunique() == 10, "Two weeks are not mature."
    ranking = found[found["metric"] == "roc_auc"].set_index("week")
    assert (ranking.loc[: START + timedelta(weeks=3), "p_value"].dropna() > 0.02).all()
    assert (ranking.loc[START + timedelta(weeks=8) :, "p_value"] < 1e-4).all()
    assert set(found["model_version"]) == {"v1"}


def test_the_same_rows_give_the_same_bytes(rows: pa.Table, registry: pa.Table) -> None:
    scores = scored(rows, registry)
    assert monitoring.drift(rows, scores, registry, CATALOGUE).equals(
        monitoring.drift(rows, scores, registry, CATALOGUE)
    )
    once, again = (monitoring.cohort_performance(scores, registry, PARAMETERS) for _ in range(2))
    assert once.equals(again)


def test_without_a_champion_there_are_no_rows(rows: pa.Table, registry: pa.Table) -> None:
    nobody = registry.slice(1)
    scores = scored(rows, nobody)
    assert scores.column("conversion_probability").null_count == len(rows)
    assert monitoring.drift(rows, scores, nobody, CATALOGUE).num_rows == 0
    assert monitoring.cohort_performance(scores, nobody, PARAMETERS).num_rows == 0


def test_nothing_to_look_at_gives_tables_of_the_same_shape(rows: pa.Table, registry: pa.Table) -> None:
    empty = rows.slice(len(rows))
    score = monitoring.scorer(registry)
    batch = pa.RecordBatch.from_pylist([], schema=rows.schema)
    assert score(batch).schema == score(rows.combine_chunks().to_batches()[0]).schema
    scores = pa.Table.from_batches([score(batch)])
    assert monitoring.drift(empty, scores, registry, CATALOGUE).schema == monitoring.DRIFT
    assert monitoring.cohort_performance(scores, registry, PARAMETERS).schema == monitoring.PERFORMANCE


def test_a_renamed_feature_is_missing_and_stops_nothing(rows: pa.Table, registry: pa.Table) -> None:
    names = ["price_page_visits" if name == "pricing_visits" else name for name in rows.column_names]
    renamed = rows.rename_columns(names)
    scores = scored(renamed, registry)
    assert scores.column("conversion_probability").null_count == len(rows)
    found = monitoring.drift(renamed, scores, registry, CATALOGUE).to_pandas().set_index("feature")
    assert found.loc["pricing_visits", "missing_share"].to_numpy() == pytest.approx(1)
    assert (found.loc["pricing_visits", "missing_p_value"] < 1e-6).all()
    assert "score" not in found.index


def test_an_artifact_that_was_tampered_with_is_no_champion(rows: pa.Table, registry: pa.Table) -> None:
    text = registry["artifact"][0].as_py().replace("1", "2", 1)
    tampered = registry.set_column(registry.column_names.index("artifact"), "artifact", pa.array([text]))
    scores = scored(rows, tampered)
    assert scores.column("conversion_probability").null_count == len(rows)
    assert monitoring.drift(rows, scores, tampered, CATALOGUE).num_rows == 0
