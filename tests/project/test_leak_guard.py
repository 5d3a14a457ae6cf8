"""The leak guard in whole builds: whatever knows the outcome is quarantined, whatever is honest is not."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from dbt_runner import REPO, run_dbt
from warm_dbt import WarmDbt
from worlds import MODELS, VARIABLES, connect, copied, simulated

from leadscore import catalogue

GUARD = ["build", "--select", "+ml_leak_checks", "--exclude-resource-type", "test", "unit_test", "--no-write-json"]
PROJECT = ("models", "python_models", "macros", "seeds", "analyses", "tests", "dbt_project.yml", "profiles.yml.example")

# What people join to snapshots of old: fields as they stand today, and counts without an end.
PLANTED = {
    "lead_status": ("varchar", "case when outcomes.lead_id is null then 'Working' else 'Qualified' end"),
    "is_customer_record": ("integer", "case when outcomes.lead_id is null then 0 else 1 end"),
    "opportunity_stage": ("varchar", "outcomes.stage"),
    # Sales fills it in after the conversion, and not always.
    "contract_volume": ("double", "case when hash(profiles.lead_id) % 10 < 6 then outcomes.amount end"),
    "touches_about_now": (
        "integer",
        """cast((
            select count(*) from {{ ref('fct_activities') }} as touches
            where touches.lead_id = profiles.lead_id
                and touches.occurred_at >= profiles.as_of - interval 30 day
                and touches.occurred_at < profiles.as_of + interval 90 day
        ) as integer)""",
    ),
    "touches_in_all": (
        "integer",
        "cast((select count(*) from {{ ref('fct_activities') }} as touches where touches.lead_id = profiles.lead_id) as integer)",
    ),
}
OUTCOMES = """
left join (
    select records.lead_id, max(coalesce(opportunities.stage_name, 'Closed')) as stage, max(cast(opportunities.amount as double)) as amount
    from {{ ref('stg_salesforce__opportunity_contact_role') }} as roles
    inner join {{ ref('lead_source_records') }} as records on 'salesforce.contact:' || roles.salesforce_contact_id = records.record_id
    inner join {{ ref('stg_salesforce__opportunity') }} as opportunities on roles.opportunity_id = opportunities.opportunity_id
    group by records.lead_id
) as outcomes on profiles.lead_id = outcomes.lead_id
"""


@pytest.fixture(scope="module")
def leaking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the planted features, and a rule on one of them."""
    project = tmp_path_factory.mktemp("leaking")
    for name in PROJECT:
        source = REPO / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, project / name)
    features = project / "models/features/feat_leads.sql"
    columns = ",\n".join(f"    {expression} as {name}" for name, (_, expression) in PLANTED.items())
    before, found, after = features.read_text().partition("\nfrom {{ ref('int_features__profile') }}")
    features.write_text(f"{before},\n{columns}{found}{after.rstrip()}\n{OUTCOMES}")
    with (project / catalogue.CATALOGUE).open("a", newline="") as lines:
        writer = csv.DictWriter(lines, catalogue.COLUMNS, lineterminator="\n")
        for name, (kind, _) in PLANTED.items():
            words = dict.fromkeys(catalogue.COLUMNS, name.replace("_", " "))
            is_text = kind == "varchar"
            writer.writerow(
                words | {
                    "feature": name, "kind": "categorical" if is_text else "numeric", "data_type": kind, "family": "fit",
                    "format": "text" if is_text else "integer", "is_actionable": "false",
                }
            )  # fmt: skip
    with (project / "seeds/rule_points.csv").open("a") as lines:
        lines.write("qualified,lead_status,=,Qualified,40,The status is Qualified\n")
    catalogue.write(project)
    return project


def verdicts(database: Path) -> dict[str, set[str]]:
    """The verdicts of each feature."""
    with connect(database) as connection:
        return {
            feature: set(found)
            for feature, found in connection.execute(
                "select feature, list(distinct verdict) from analytics_learning.ml_leak_checks group by feature"
            ).fetchall()
        }


def test_planted_leaks_are_quarantined_and_nothing_else_is(world: Path, leaking: Path, tmp_path: Path) -> None:
    database = copied(world, tmp_path / "leaking")
    result = run_dbt(MODELS, database, VARIABLES, cwd=leaking)
    assert result.ok, result.output
    suspects = {feature for feature, found in verdicts(database).items() if "quarantined" in found}
    assert suspects == set(PLANTED)
    with connect(database) as connection:
        ((names, mode),) = connection.execute("select feature_names, mode from analytics_learning.ml_models").fetchall()
        rules = connection.execute("select rule from analytics_learning.int_learning__rule_points").fetchall()
        told = connection.execute(
            "select count(*) from analytics_marts.fct_lead_score_reasons where list_contains($1, feature)", [[*PLANTED]]
        ).fetchone()
        words = connection.execute("""
            select bool_and(reason is not null and remedy is not null)
            from analytics_learning.ml_leak_checks where verdict = 'quarantined'
        """).fetchone()
    assert mode == "gradient_boosting"
    assert not set(json.loads(names)) & set(PLANTED)
    assert len(json.loads(names)) == len(catalogue.read(REPO / catalogue.CATALOGUE))
    assert ("qualified",) not in rules
    assert ("meeting",) in rules
    assert told == (0,)
    assert words == (True,)

    allowed = VARIABLES | {"leak_guard_allow": ["lead_status"]}
    again = [
        "build",
        "--select",
        "ml_leak_checks",
        "int_learning__training_rows",
        "--exclude-resource-type",
        "test",
        "unit_test",
    ]
    result = run_dbt(again, database, allowed, cwd=leaking)
    assert result.ok, result.output
    assert verdicts(database)["lead_status"] == {"passed", "allowed"}
    with connect(database) as connection:
        columns = {
            name
            for name, *_ in connection.execute("describe analytics_learning.int_learning__training_rows").fetchall()
        }
    assert columns & set(PLANTED) == {"lead_status"}


@pytest.mark.parametrize(("seed", "leads"), [(12, 1200), (13, 600), (14, 300)])
def test_no_honest_feature_is_quarantined(dbt: WarmDbt, tmp_path: Path, seed: int, leads: int) -> None:
    database = simulated(tmp_path / "honest", leads=leads, seed=seed)
    result = dbt.run(GUARD, database, VARIABLES)
    assert result.ok, result.output
    found = verdicts(database)
    assert set().union(*found.values()) == {"passed"}
    assert len(found) == len(catalogue.read(REPO / catalogue.CATALOGUE)) + 1


def test_too_few_conversions_are_no_evidence(dbt: WarmDbt, built: Path, small_world: Path, tmp_path: Path) -> None:
    assert set().union(*verdicts(built).values()) == {"passed"}
    database = copied(small_world, tmp_path / "few")
    result = dbt.run(GUARD, database, VARIABLES | {"as_of": "2024-12-15"})
    assert result.ok, result.output
    with connect(database) as connection:
        judged = connection.execute(
            "select count(*), count(statistic) filter (threshold is not null) from analytics_learning.ml_leak_checks"
        ).fetchone()
    assert judged
    assert judged[0] > 500
    assert judged[1] == 0
