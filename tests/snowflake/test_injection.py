"""What users write into variables and seeds stays a value on both engines: refused in a sentence, or data; never run."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_runner import REPO, CompletedResult, run_dbt
from stand_in import StandIn
from warm_dbt import WarmDbt
from worlds import MODELS, VARIABLES, copied, simulated

SOURCES = ("marketo", "salesforce", "bombora", "g2")
TRAP = "create table canary (a int)"
TEXTS = {
    "quote": f"90'; {TRAP}; --",
    "double quote": f'marketo"; {TRAP}; --',
    "semicolon": f"90; {TRAP}",
    "dollars": f"$$; {TRAP}; $$",
    "doubled dollars in a name": "mar$$keto",
    "backslash": f"\\'; {TRAP}; --",
    "comment": f"90 /* */ -- {TRAP}",
    "expression in braces": "{{ 7919 * 104729 }}{{ run_query('" + TRAP + "') }}",
    "statement in braces": "{% do run_query('" + TRAP + "') %}",
    "placeholders": "%s %(a)s {0} :1 ?",
    "newline": f"90\n; {TRAP}\n",
    "newline at the end": "90\n",
    "signs of other languages": "\u202e\U0001f680 marketo\u2019; \u2212\u2212",
    "digits of other languages": "\uff19\uff10\uff05",
    "40 kB": "marketo' " * 4500,
}
"""Texts that no variable takes."""
VALUES: dict[str, Any] = TEXTS | {
    "nothing": None,
    "empty": "",
    "list": ["90", {"marketo": TEXTS["expression in braces"]}],
}


def project_variables() -> list[str]:
    """Every variable that dbt_project.yml declares or any file of the project reads."""
    found = set(yaml.safe_load((REPO / "dbt_project.yml").read_text(encoding="utf-8"))["vars"])
    for file in project_files():
        text = file.read_text(encoding="utf-8")
        found |= set(re.findall(r"""\b(?:var|setting)\(\s*['"](\w+)['"]\s*[,)]""", text))
        suffixes = set(re.findall(r"""\b(?:var|setting)\(\s*source_name\s*~\s*['"](\w+)['"]""", text))
        found |= {source + suffix for source in SOURCES for suffix in suffixes}
    return sorted(found)


def project_files() -> list[Path]:
    """What dbt reads: SQL, Python and properties."""
    folders = ("macros", "models", "python_models", "seeds", "analyses", "tests/generic", "tests/invariants")
    return [file for name in folders for file in (REPO / name).rglob("*") if file.suffix in (".sql", ".py", ".yml")]


@dataclass
class Engine:
    """dbt on an engine; what the runs with a value in every variable said is kept."""

    run: Callable[[Sequence[str], Mapping[str, Any]], CompletedResult]
    objects: Callable[[], set[str]]
    target: Path
    said: dict[str, CompletedResult] = field(default_factory=dict)

    def refused(self, kind: str) -> CompletedResult:
        """What a run says when every variable has the value of this kind."""
        if kind not in self.said:
            variables = dict.fromkeys(project_variables(), VALUES[kind])
            self.said[kind] = self.run(["run", "--select", "int_learning__parameters"], variables)
        return self.said[kind]


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulated(tmp_path_factory.mktemp("attacked") / "small", leads=120, months=8)


@pytest.fixture(scope="module")
def on_duckdb(small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    database = copied(small_world, tmp_path_factory.mktemp("attacked") / "world")
    dbt = WarmDbt(tmp_path_factory.mktemp("dbt"))

    def objects() -> set[str]:
        with duckdb.connect(str(database), read_only=True) as connection:
            return {
                name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()
            }

    yield Engine(lambda args, variables: dbt.run(args, database, variables), objects, dbt.target)
    dbt.close()


@pytest.fixture(scope="module")
def account(port: int, tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    """A database of its own in the stand-in."""
    made = StandIn(port, tmp_path_factory.mktemp("account"), "ATTACKED")
    made.deploy_library()
    return made


def run_on(
    account: StandIn,
    args: Sequence[str],
    variables: Mapping[str, Any],
    project: Path = REPO,
    manifest: Manifest | None = None,
) -> CompletedResult:
    """Run dbt on the stand-in; with a manifest without parsing anew."""
    said: list[str] = []
    flags = ["--project-dir", project, "--profiles-dir", account.home, "--target-path", account.home / "warm"]
    flags += [
        "--log-path",
        account.home,
        "--log-level",
        "none",
        "--vars",
        json.dumps(dict(variables), ensure_ascii=False),
    ]
    runner = dbtRunner(manifest=manifest, callbacks=[lambda event: said.append(event.info.msg)])
    result = runner.invoke([*args, *map(str, flags)])
    return CompletedResult(result.success, "\n".join([*said, str(result.exception or "")]))


@pytest.fixture(scope="module")
def on_snowflake(account: StandIn) -> Engine:
    flags = ["--profiles-dir", account.home, "--target-path", account.home / "warm", "--log-path", account.home]
    manifest = dbtRunner().invoke(["parse", "--project-dir", str(REPO), *map(str, flags), "--log-level", "none"]).result
    assert isinstance(manifest, Manifest)
    return Engine(
        lambda args, variables: run_on(account, args, variables, manifest=manifest),
        lambda: objects_of(account),
        account.home / "warm",
    )


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    made: Engine = request.getfixturevalue(request.param)
    return made


both = pytest.mark.parametrize("engine", ["on_duckdb", "on_snowflake"], indirect=True)


def objects_of(account: StandIn) -> set[str]:
    with account.duckdb() as connection:
        found = connection.execute(
            "select lower(table_name) from information_schema.tables where table_catalog = 'ATTACKED'"
        )
        return {name for (name,) in found.fetchall()}


# Variables


EMPTY_MEANS_NONE = {"feature_family_weights", "score_with"}
"""Variables whose default is to say nothing."""


@both
@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("variable", project_variables())
def test_a_variable_takes_nothing_but_its_own(engine: Engine, variable: str, kind: str) -> None:
    result = engine.refused(kind)
    assert not result.ok
    if kind == "empty" and variable in EMPTY_MEANS_NONE:
        assert not re.search(rf"^\s*{variable} is", result.output, re.MULTILINE)
        return
    assert re.search(rf"^\s*{variable} is '.*'\. It takes [^\n]+\.$", result.output, re.MULTILINE), result.output
    assert "Traceback" not in result.output
    assert "829348951" not in result.output


@both
def test_a_yes_is_only_an_answer_to_whether(engine: Engine) -> None:
    others = [name for name in project_variables() if not name.endswith("_enabled")]
    result = engine.run(["run", "--select", "int_learning__parameters"], dict.fromkeys(others, True))
    assert not result.ok
    assert [name for name in others if f"{name} is 'True'. It takes " not in result.output] == []


@both
def test_no_refused_value_was_run(engine: Engine) -> None:
    for kind in VALUES:
        engine.refused(kind)
    assert [name for name in engine.objects() if "canary" in name] == []
    assert "int_learning__parameters" not in engine.objects()
    assert not list(REPO.glob("canary*"))


@both
@pytest.mark.parametrize(
    "command",
    [
        ["seed"],
        ["test", "--select", "int_learning__parameters"],
        ["compile", "--select", "int_learning__parameters", "stg_g2__buyer_intent"],
        ["show", "--select", "int_learning__parameters", "stg_g2__buyer_intent"],
        ["show", "--inline", "select * from {{ read_source('g2', 'buyer_intent') }}"],
        ["docs", "generate", "--select", "int_learning__parameters", "stg_g2__buyer_intent"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_every_command_refuses(engine: Engine, command: list[str]) -> None:
    result = engine.run(command, {"g2_schema": TEXTS["double quote"], "conversion_event": TEXTS["quote"]})
    assert not result.ok
    assert re.search(r"(g2_schema|conversion_event) is '.*'\. It takes ", result.output), result.output
    assert [name for name in engine.objects() if "canary" in name] == []


def test_places_are_refused_by_a_dbt_that_reads_the_project_anew(tmp_path: Path, account: StandIn) -> None:
    """Where the sources are is settled while dbt parses, before any check can run."""
    texts = [TEXTS[kind] for kind in ("quote", "double quote", "expression in braces", "dollars")]
    places = {
        f"{source}_{kind}": text for source, text in zip(SOURCES, texts, strict=True) for kind in ("schema", "database")
    }
    database = tmp_path / "world.duckdb"
    duckdb.connect(str(database)).close()
    command = ["run", "--select", "staging"]
    for result in (run_dbt(command, database, places), run_on(account, command, places)):
        assert not result.ok
        assert [name for name in places if f"{name} is '" not in result.output] == []
        assert "829348951" not in result.output
    assert "canary" not in objects_of(account)


def test_a_place_may_have_any_name_that_is_one(tmp_path: Path) -> None:
    database, schema = tmp_path / "world.duckdb", "Käufer raw.v1-$ü"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f'create schema "{schema}"')
        connection.execute(f"""create table "{schema}".buyer_intent as
            select 'acme.com' as company_domain, 'pricing' as signal_type, timestamptz '2025-01-01' as time""")
    variables = {"g2_schema": schema, "as_of": "2025-07-01"} | {f"{name}_enabled": False for name in SOURCES[:3]}
    result = run_dbt(["run", "--select", "stg_g2__buyer_intent"], database, variables)
    assert result.ok, result.output
    with duckdb.connect(str(database)) as connection:
        assert connection.execute("select count(*) from analytics_staging.stg_g2__buyer_intent").fetchone() == (1,)


def test_variables_reach_queries_only_through_their_rules() -> None:
    reading = {str(file.relative_to(REPO)) for file in project_files() if re.search(r"\bvar\(", file.read_text())}
    places = {f"models/staging/{source}/_{source}__sources.yml" for source in SOURCES}
    assert reading == {"macros/setting.sql"} | places


@both
def test_python_models_hold_no_variable(engine: Engine) -> None:
    variables = {
        "as_of": "2025-06-29",
        "source_time_zone": "Asia/Kathmandu",
        "conversion_event": "lead_converted",
        "conversion_horizon_days": 4321,
        "training_snapshots_per_lead": 987001,
        "training_max_rows": 987002,
        "evaluation_max_rows": 987003,
        "training_threads": 987004,
        "random_seed": 987005,
        "assumed_conversion_rate": 0.0987006,
    }
    files = list((REPO / "python_models").rglob("*.py"))
    result = engine.run(["compile", "--select", *(file.stem for file in files)], variables)
    assert result.ok, result.output
    compiled = [
        file.read_text() for file in engine.target.rglob("compiled/**/*.py") if file.stem in {f.stem for f in files}
    ]
    assert len(compiled) == len(files)
    for text in compiled:
        assert "$$" not in text
        assert "{{" not in text
        assert [name for name, value in variables.items() if str(value) in text] == []


# Seeds

CELLS = [
    f"'; {TRAP}; --",
    f'"; {TRAP}; --',
    "$$ begin $$",
    "{{ 7919 * 104729 }} {% raw %} {# #}",
    "\\' \\n \\",
    "first line\nsecond line",
    "\u202eعلي שלום",
    "\U0001f680 Ünï",
    "x" * 40_000,
    "%_%' escape '%",
    "(.*)+[a-z]{2,}$",
    "%s %(a)s {0} :1 ?",
    "{value} {value}",
    "\\N",
    ',,\t;\'""',
]
"""What a text column of a seed may hold and must give back."""


def seed_rows(seed: Path) -> list[dict[str, str]]:
    with seed.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_seed(seed: Path, rows: Sequence[Mapping[str, str]]) -> None:
    with seed.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def free_columns(seed: Path) -> list[str]:
    """The text columns that take any text: neither a choice of words nor a name of something else."""
    [properties] = yaml.safe_load(seed.with_suffix(".yml").read_text(encoding="utf-8"))["seeds"]
    chosen = [
        column["name"]
        for column in properties["columns"]
        if "accepted_values" in str(column.get("data_tests")) or "names_column_of" in str(column.get("config"))
    ]
    if seed.stem == "what_if_actions":
        # They are read as a feature and a change of it; what is neither is refused by name (tests/python/test_whatif.py).
        chosen += ["feature", "change"]
    return [
        name for name, kind in properties["config"]["column_types"].items() if kind == "varchar" and name not in chosen
    ]


NOBODY = {"record_id": "marketo.lead:0", "other_record_id": "marketo.lead:1", "verdict": "different", "reason": "none"}
"""A row for the seed that ships without any."""


def with_hostile_rows(seed: Path) -> list[dict[str, str]]:
    """The seed's rows and, for every free text column, one more for each hostile text; other columns keep what they need."""
    rows = seed_rows(seed) or [NOBODY]
    columns = free_columns(seed)
    if seed.stem in ("account_segments", "score_bands", "feature_catalogue", "match_levels", "alert_rules"):
        # Their rows say what there is: the texts go into those that are there.
        # A label is a feature's own, so each text is that of one feature.
        return [
            row
            | {
                name: CELLS[(place + number) % len(CELLS)]
                for number, name in enumerate(columns)
                if name != "label" or place < len(CELLS)
            }
            for place, row in enumerate(rows)
        ]
    added = []
    for name in columns:
        for number, cell in enumerate(CELLS):
            unlike = {other: f"{name} {number} {rows[-1][other]}" for other in columns if other != "threshold"}
            row = rows[-1] | unlike | {name: cell}
            if name != "rule" and name != "threshold" and "pattern" in row and name != "pattern":
                row["pattern"] = f"no such text {name} {number}"
            if "priority" in row:
                row["priority"] = str(100_000 + 100 * len(added))
            if name == "threshold":
                row |= {"feature": "country", "operator": "="}
            added.append(row)
    return rows + [row for row in added if row not in rows]


@pytest.fixture(scope="module")
def hostile_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with hostile texts in all its seeds, in a folder whose name has a quote."""
    project = copied_project(tmp_path_factory.mktemp("hostile") / "people's project")
    for seed in sorted((project / "seeds").glob("*.csv")):
        write_seed(seed, with_hostile_rows(seed))
    return project


def copied_project(project: Path) -> Path:
    for name in ("models", "python_models", "macros", "seeds", "analyses", "tests/generic", "tests/invariants"):
        shutil.copytree(REPO / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml.example"):
        shutil.copy(REPO / name, project / name)
    return project


def loaded(rows: Sequence[tuple[Any, ...]]) -> set[tuple[str, ...]]:
    """Rows as they would stand in the file, numbers and flags in one spelling."""
    return {tuple("" if value is None else spelled(str(value)) for value in row) for row in rows}


def spelled(text: str) -> str:
    return text.lower() if text in ("True", "False") else re.sub(r"^(-?[0-9]+)[.]0*$", r"\1", text)


def test_hostile_texts_in_seeds_are_data_on_duckdb(small_world: Path, hostile_project: Path, tmp_path: Path) -> None:
    database = copied(small_world, tmp_path / "world")
    result = run_dbt(MODELS, database, VARIABLES, cwd=hostile_project)
    assert result.ok, result.output
    with duckdb.connect(str(database), read_only=True) as connection:

        def texts(query: str) -> set[str]:
            return {text for (text,) in connection.execute(query).fetchall()}

        assert [name for name in texts("select table_name from information_schema.tables") if "canary" in name] == []
        for seed in (hostile_project / "seeds").glob("*.csv"):
            rows = connection.execute(f"from analytics_seeds.{seed.stem}").fetchall()
            assert loaded(rows) == loaded([tuple(row.values()) for row in seed_rows(seed)]), seed.stem
        told = texts("select distinct reason_text from analytics_marts.fct_lead_score_reasons")
        assert len(told & set(CELLS)) > 5
        assert "829348951" not in str(told)
        segments = texts("select distinct segment from analytics_marts.dim_accounts") - {"unknown"}
        assert segments
        assert segments <= set(CELLS)


def test_hostile_texts_in_seeds_are_data_on_snowflake(account: StandIn, hostile_project: Path) -> None:
    result = run_on(account, ["seed"], VARIABLES, hostile_project)
    assert result.ok, result.output
    assert [name for name in objects_of(account) if "canary" in name] == []
    for seed in (hostile_project / "seeds").glob("*.csv"):
        rows = account.read(f"analytics_seeds.{seed.stem}").to_pylist()
        expected = loaded([tuple(row.values()) for row in seed_rows(seed)])
        assert loaded([tuple(row.values()) for row in rows]) == expected, seed.stem


WRONG = [
    ("rule_points", 1, "feature", "visit", "feature is 'visit', which is no column of feat_leads. Correct the name."),
    ("rule_points", 2, "points", "ten", "points is 'ten'. Write a number."),
    ("rule_points", 3, "operator", "~", "operator is '~'. Write one of >=, >,"),
    (
        "rule_points",
        5,
        "rule",
        "pricing page this week",
        "rule is 'pricing page this week' as in row 1. Keep one of them.",
    ),
    ("score_bands", 1, "min_score", "eighty", "min_score is 'eighty'. Write a whole number."),
    ("content_patterns", 4, "is_solution_fit", "perhaps", "is_solution_fit is 'perhaps'. Write true or false."),
    ("content_patterns", 5, "depth_weight", "11", "depth_weight is '11'. Write one of 1, 2,"),
    ("feature_catalogue", 2, "feature", "visits", "feature is 'visits', which is no column of feat_leads."),
    (
        "feature_catalogue",
        3,
        "family",
        f"'; {TRAP}; --",
        "family is ''; create table canary (a int); --'. Write one of behaviour,",
    ),
    ("free_mail_domains", 3, "domain", "", "domain is empty. Fill it in."),
    ("title_seniority", 7, "priority", "10", "priority is '10' as in row 1. Keep one of them."),
    (
        "title_department",
        1,
        "department",
        "{{ 7919 * 104729 }}",
        "department is '{{ 7919 * 104729 }}'. Write one of executive,",
    ),
    ("shared_mailboxes", 2, "local_part", "a\0b", "local_part is 'a b'. Write text without the sign of number zero."),
    (
        "industry_aliases",
        1,
        "alias",
        "computer software",
        "alias is 'computer software' as in row 1. Keep one of them.",
    ),
]
"""Seed, row, column, what stands there, and what dbt says of it."""


@pytest.fixture(scope="module")
def wrong_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copied_project(tmp_path_factory.mktemp("wrong") / "project")
    for name, number, column, value, _ in WRONG:
        seed = project / "seeds" / f"{name}.csv"
        rows = seed_rows(seed)
        rows[number - 1][column] = value
        write_seed(seed, rows)
    seed = project / "seeds" / "account_segments.csv"
    seed.write_text(seed.read_text(encoding="utf-8").replace("meaning", "note"), encoding="utf-8")
    return project


@pytest.fixture(scope="module")
def said_of_wrong_seeds(wrong_project: Path, account: StandIn, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    database = tmp_path_factory.mktemp("wrong") / "world.duckdb"
    duckdb.connect(str(database)).close()
    results = [
        run_dbt(["seed"], database, VARIABLES, wrong_project),
        run_on(account, ["seed"], VARIABLES, wrong_project),
    ]
    assert [result.ok for result in results] == [False, False]
    return [result.output for result in results]


@pytest.mark.parametrize(("seed", "row", "column", "value", "message"), WRONG)
def test_a_wrong_row_of_a_seed_is_named(
    said_of_wrong_seeds: list[str], seed: str, row: int, column: str, value: str, message: str
) -> None:
    for said in said_of_wrong_seeds:
        assert f"Seed {seed} cannot be used as it stands in seeds/{seed}.csv:" in said
        named = row + 1 if column == "alias" else row
        assert re.search(rf"- Row {named} \('[^\n]*'\): {re.escape(message)}", said), said
        assert "Traceback" not in said


def test_a_column_that_a_seed_lacks_is_named(said_of_wrong_seeds: list[str]) -> None:
    for said in said_of_wrong_seeds:
        assert "Seed account_segments cannot be used" in said
        assert "The column meaning is missing. Add it." in said
