"""Records made to break matching cost bounded time and memory, unite nobody falsely, and are reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbt_runner import read_rows, write_tables
from warm_dbt import WarmDbt

from leadscore import raw_schema

VARIABLES = {"as_of": "2025-07-01", "salesforce_enabled": False, "bombora_enabled": False, "g2_enabled": False}
PERSONS = ["build", "--select", "+lead_source_records", "--exclude-resource-type", "unit_test"]
PERSONS += ["--indirect-selection", "buildable", "--no-write-json"]
LIMIT = 50
"""match_block_limit and match_cluster_limit as they are delivered."""
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]
WRITTEN = [
    "Мария Иванова", "Γιώργος Παππάς", "محمد علي", "דוד לוי", "王 小明",
    "山田 太郎", "たなか けん", "サトウ ユミ", "김 민준", "สมชาย ใจดี",
    "राम शर्मा", "রহিম উদ্দিন", "தமிழ் செல்வன்", "తెలుగు రావు", "ಕನ್ನಡ ಗೌಡ",
    "മലയാളം നായർ", "ગુજરાતી પટેલ", "ਪੰਜਾਬੀ ਸਿੰਘ", "ଓଡ଼ିଆ ଦାସ", "සිංහල පෙරේරා",
    "မြန်မာ အောင်", "ខ្មែរ សុខ", "ລາວ ພົມ", "བོད་ ཚེ", "ᠮᠣᠩᠭᠣᠯ ᠪᠠᠲᠤ",
    "ქართული ბერიძე", "Հայկ Պետրոսյան", "አማርኛ ተስፋ", "ᏣᎳᎩ ᏩᏕ", "ᐃᓄᒃᑎᑐᑦ ᐊᒧ",
    "ⵜⵉⴼⵉⵏⴰⵖ ⵎⵓ", "ߒߞߏ ߞߊ", "ꦗꦮ ꦮꦶ", "ᬩᬮᬶ ᬫ", "ᜊᜌ ᜎ",
    "ދިވެހި ޢަލީ", "ܣܘܪܝܬ ܐ", "𐐔𐐯𐑅 𐐨𐐻", "𐌰𐌽𐌽𐌰 𐌻𐌴", "😀👩‍👩‍👧‍👦 🎉🔥",
]  # fmt: skip
"""Names in forty ways of writing."""


def letters(seed: str, syllables: int) -> str:
    """SQL for a word of so many syllables, different for each i."""
    parts = (f"{SYLLABLES}[1 + cast(hash('{seed} {k} ' || i) % 20 as integer)]" for k in range(syllables))
    return " || ".join(parts)


def records(group: str, count: int, **columns: str) -> str:
    """Rows of marketo.lead as SQL over i; columns not named are null."""
    shown = ", ".join(
        f"cast({columns.get(name, 'null')} as {kind}) as {name}"
        for name, kind in raw_schema.tables()["marketo", "lead"].items()
        if name in ("first_name", "last_name", "email", "company", "phone", "title", "city", "address", "country")
    )
    return f"select '{group}' as attack, {shown} from range({count}) as numbers(i)"


@pytest.fixture(scope="module")
def attacked(dbt: WarmDbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All attacks in one database, built within half a gigabyte."""
    database = tmp_path_factory.mktemp("attacks") / "world.duckdb"
    some, others = (
        {"first_name": letters(f"{seed} given", 3), "last_name": letters(f"{seed} family", 4)} for seed in "ab"
    )
    listed = "[" + ", ".join("'" + name.replace("'", "''") + "'" for name in WRITTEN) + "][i + 1]"
    scripts = {"first_name": f"split_part({listed}, ' ', 1)", "last_name": f"split_part({listed}, ' ', 2)"}
    long = "repeat(chr(cast(97 + i % 20 as integer)) || chr(cast(97 + i // 20 as integer)) || 'x', 3400)"
    ann = {"first_name": "'Ann'", "last_name": "'Lee'", "company": "'Twin'", "phone": "'+1 202 555 0143'"}
    bo = {"first_name": "'Bo'", "last_name": "'Ray'", "company": "'Triplet'", "phone": "'+1 202 555 0199'"}
    attacks = [
        records("one email", 5_000, email="'sales@acme.com'", **some),
        records("one company", 50_000, company="'Acme Corporation'", **others),
        records("no names", 2_000, company="'Nameless Ltd'", country="'Germany'"),
        records("all equal", 3_000, email="'ann.lee@twin.com'", **ann),
        records("all equal without address", 3_000, **bo),
        records("long names", 200, first_name=long, last_name=f"reverse({long})", company=long),
        records("scripts", len(WRITTEN), company=listed, **scripts),
        records("nothing at all", 500),
    ]
    rows = " union all ".join(attacks)
    write_tables(
        database,
        {
            "attacks.record": f"select row_number() over () as id, * from ({rows})",
            "marketo.lead": """
                select * exclude (attack), made_at as created_at, made_at as updated_at
                from attacks.record
                cross join (select timestamptz '2024-01-01 00:00:00+00' as made_at)
            """,
        },
    )
    result = dbt.run(PERSONS, database, VARIABLES, LEAD_SCORING_MEMORY_LIMIT="500MB")
    assert result.ok, result.output
    return database


def persons(database: Path, attack: str) -> tuple[int, int]:
    """How many persons the records of an attack became, and how many records the largest has."""
    query = f"""
        select count(*), max(n)
        from (
            select count(*) as n
            from analytics_identity.lead_source_records as records
            inner join attacks.record as made on records.record_id = 'marketo.lead:' || made.id
            where made.attack = '{attack}'
            group by records.lead_id
        )
    """
    ((count, largest),) = read_rows(database, query)
    return count, largest


@pytest.mark.parametrize(
    ("attack", "records_made", "least_share"),
    [
        ("one email", 5_000, 0.99),
        ("one company", 50_000, 0.98),
        ("no names", 2_000, 1.0),
        ("scripts", len(WRITTEN), 1.0),
        ("long names", 200, 0.99),
        ("nothing at all", 500, 1.0),
    ],
)
def test_different_people_stay_apart(attacked: Path, attack: str, records_made: int, least_share: float) -> None:
    count, largest = persons(attacked, attack)
    assert least_share * records_made <= count <= records_made
    assert largest <= 3


def test_no_person_has_more_records_than_the_limit(attacked: Path) -> None:
    ((largest,),) = read_rows(
        attacked,
        "select max(n) from (select count(*) as n from analytics_identity.lead_source_records group by lead_id)",
    )
    assert largest <= LIMIT


def test_pairs_grow_with_the_records_and_not_with_their_square(attacked: Path) -> None:
    ((pairs, records_in_all),) = read_rows(
        attacked,
        """
        select (select count(*) from analytics_identity.int_identity__pairs where not is_random),
            (select count(*) from analytics_identity.int_identity__match_forms)
        """,
    )
    assert pairs <= LIMIT * records_in_all


def test_what_was_skipped_is_reported(attacked: Path) -> None:
    skipped = read_rows(
        attacked,
        "select rule, record_count from analytics_identity.int_identity__block_sizes where is_skipped order by record_count desc",
    )
    assert ("email", 5_000) in skipped
    assert all(count > LIMIT for _, count in skipped)
    shared = dict(
        read_rows(
            attacked, "select email, record_count from analytics_identity.int_identity__addresses where not is_personal"
        )
    )
    assert shared == {"sales@acme.com": 5_000, "ann.lee@twin.com": 3_000}
