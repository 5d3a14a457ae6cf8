"""Who is who, beside Splink: `python benchmarks/identity.py SET... --data REAL_DATA_DIR --splink PYTHON`.

A SET is a public set of benchmarks/identity_sets.py, or a number: a world of so many records, simulated. Each becomes raw tables
in a database of its own, which dbt builds with untouched defaults up to lead_source_records; Splink, in its own environment
(PYTHON), gets the records as int_identity__match_forms has them and the threshold that the truth likes best.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from identity_sets import SETS

from leadscore import raw_schema

PROJECT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
END = "2025-07-01"
LEADS_PER_RECORD = 0.563
"""How many leads a simulated world needs for a record."""
FORMS = "int_identity__match_forms"
"""Where the clock starts: the records in the form in which they are compared."""
QUALITY = """
    with clustered as (
        select persons.person, {cluster} as cluster
        from truth.record_persons as persons
        inner join analytics_identity.int_identity__match_forms using (record_id)
        inner join {table} using (record_id)
    )
    select
        (select sum(n * (n - 1) / 2) from (select count(*) as n from clustered group by cluster)) as found,
        (select sum(n * (n - 1) / 2) from (select count(*) as n from clustered group by person)) as true,
        (select sum(n * (n - 1) / 2) from (select count(*) as n from clustered group by cluster, person)) as both
"""


def write_public(rows: pd.DataFrame, database: Path) -> None:
    """The set as marketo.lead, and truth.record_persons."""
    types = raw_schema.tables()["marketo", "lead"]
    leads = rows.drop(columns="person").assign(
        id=range(1, len(rows) + 1), created_at="2020-01-01", updated_at="2020-01-01"
    )
    casts = ", ".join(f"cast({name} as {types[name]}) as {name}" for name in leads.columns)
    persons = pd.DataFrame({"record_id": [f"marketo.lead:{i}" for i in leads["id"]], "person": rows["person"]})
    with duckdb.connect(str(database)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema marketo; create schema truth")
        connection.register("leads", leads)
        connection.execute(f"create table marketo.lead as select {casts} from leads")
        connection.register("persons", persons)
        connection.execute("create table truth.record_persons as from persons")


def write_simulated(records: int, database: Path) -> None:
    """A world of about so many records, and truth.record_persons."""
    command = [
        BIN / "leadscore",
        "simulate",
        "--leads",
        str(round(records * LEADS_PER_RECORD)),
        "--months",
        "24",
        "--seed",
        "7",
    ]
    subprocess.run(
        [*command, "--end", END, "--database", database],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create table truth.record_persons as select record_id, person_id as person from truth.record_person"
        )


def dbt(database: Path, target: Path, variables: dict[str, Any], *selection: str) -> dict[str, float]:
    """Build without tests.

    Returns:
        Wall seconds of all nodes (`all`) and of those after int_identity__match_forms (`after`), and peak memory in GB.
    """
    target.mkdir(exist_ok=True)
    shutil.copyfile(PROJECT / "profiles.yml.example", target / "profiles.yml")
    command = [BIN / "dbt", "--no-use-colors", "build", *selection]
    command += ["--exclude-resource-type", "test", "unit_test", "--profiles-dir", target]
    command += ["--target-path", target, "--log-path", target, "--vars", json.dumps(variables)]
    _, memory, _ = run(command, {"LEAD_SCORING_DUCKDB": str(database)})
    results = json.loads((target / "run_results.json").read_text())
    done = {
        result["unique_id"].split(".")[-1]: pd.Timestamp(result["timing"][-1]["completed_at"])
        for result in results["results"]
    }
    last = max(done.values())
    return {
        "all": results["elapsed_time"],
        "after": (last - done.get(FORMS, last)).total_seconds(),
        "memory": memory,
    }


def run(command: list[Any], environment: dict[str, str]) -> tuple[float, float, str]:
    """Seconds, peak memory in GB and what a command printed."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    if process.returncode:
        sys.exit(f"{printed[-4000:]}\n{command[0]} ended with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024**2, printed


def quality(database: Path, cluster: str, table: str) -> dict[str, float]:
    """Precision, recall and F1 over all pairs of living records."""
    with duckdb.connect(str(database), read_only=True) as connection:
        row = connection.execute(QUALITY.format(cluster=cluster, table=table)).fetchone()
    assert row
    found, true, both = map(float, row)
    return {"precision": both / found if found else 1.0, "recall": both / true, "f1": 2 * both / (found + true)}


def ours(database: Path, target: Path, variables: dict[str, Any]) -> dict[str, float]:
    """Quality of lead_source_records; seconds from records in comparable form to clusters, and from raw tables."""
    before = dbt(database, target, variables, "--select", "+lead_source_records", "--exclude", f"{FORMS}+")
    after = dbt(database, target, variables, "--select", f"+lead_source_records,{FORMS}+")
    return {
        **quality(database, "lead_id", "analytics_identity.lead_source_records"),
        "seconds": after["after"],
        "seconds_from_raw": before["all"] + after["all"],
        "memory": max(before["memory"], after["memory"]),
    }


def splink(database: Path, python: Path) -> dict[str, Any]:
    """What Splink makes of the same records, with the facts that tie records given to it."""
    folder = database.parent
    files = [folder / name for name in ("records.parquet", "facts.parquet", "truth.parquet", "splink.json")]
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute(f"copy analytics_identity.{FORMS} to '{files[0]}'")
        connection.execute(
            f"""copy (select left_record_id, right_record_id from analytics_identity.int_identity__links
            where evidence in ('merge', 'conversion', 'sync')) to '{files[1]}'"""
        )
        connection.execute(
            f"copy (select record_id, cast(person as varchar) as person from truth.record_persons) to '{files[2]}'"
        )
    _, memory, _ = run([python, Path(__file__).with_name("identity_splink.py"), *files], {})
    return {**json.loads(files[3].read_text()), "memory": memory}


def main() -> None:
    """One line a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", default=list(SETS))
    parser.add_argument("--data", type=Path, metavar="REAL_DATA_DIR")
    parser.add_argument("--splink", type=Path, metavar="PYTHON", help="python of the environment that has splink")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the databases stay")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    results: dict[str, Any] = json.loads(options.json.read_text()) if options.json and options.json.exists() else {}
    print("| set | records | | F1 | precision | recall | seconds | peak memory |\n|---|---|---|---|---|---|---|---|")
    for name in options.sets:
        with tempfile.TemporaryDirectory() as scratch:
            results[name] = result = compared(name, Path(scratch) / "world.duckdb", options.data, options.splink)
            if options.keep:
                shutil.copytree(scratch, options.keep / name, dirs_exist_ok=True)
        for who in ("ours", "splink"):
            if who in result:
                r = result[who]
                print(
                    f"| {name} | {result['records']:,} | {who} | {r['f1']:.4f} | {r['precision']:.4f} | {r['recall']:.4f}"
                    f" | {r['seconds']:.1f} | {r['memory']:.2f} GB |",
                    flush=True,
                )
        if options.json:
            options.json.write_text(json.dumps(results, indent=1))


def compared(name: str, database: Path, data: Path | None, python: Path | None) -> dict[str, Any]:
    """Both on one set."""
    variables: dict[str, Any] = {"as_of": END}
    if name.isdigit():
        write_simulated(int(name), database)
    else:
        variables |= {f"{source}_enabled": False for source in ("salesforce", "bombora", "g2")}
        packages = next(python.parent.parent.glob("lib/python*/site-packages")) if python else Path()
        write_public(SETS[name](data or Path(), packages), database)
    result: dict[str, Any] = {"ours": ours(database, database.parent / "dbt", variables)}
    with duckdb.connect(str(database), read_only=True) as connection:
        result["records"] = (connection.execute(f"select count(*) from analytics_identity.{FORMS}").fetchone() or (0,))[
            0
        ]
    if python:
        result["splink"] = splink(database, python)
    return result


if __name__ == "__main__":
    main()
