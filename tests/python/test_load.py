"""Exports of every shape become the raw tables: what fits is typed, what does not is kept and told, nothing is lost."""

from __future__ import annotations

import codecs
import csv
import gzip
import importlib.util
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadscore import conform, csv_dialect, raw_schema
from leadscore.errors import LeadscoreError
from leadscore.load import Summary, TextColumn, load
from leadscore.simulate import simulate

ROOT = Path(__file__).parents[2]


class Exports:
    """A folder of exports and the database it is loaded into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "exports"
        self.database = folder / "raw.duckdb"
        self.folder.mkdir()

    def put(self, path: str, content: str | bytes | pd.DataFrame) -> Exports:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pd.DataFrame):
            content.to_parquet(file)
        elif file.suffix == ".gz":
            file.write_bytes(gzip.compress(content.encode() if isinstance(content, str) else content))
        else:
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def load(self) -> Summary:
        return load(self.folder, self.database, progress=False)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def lead(self, columns: str) -> list[tuple[Any, ...]]:
        return self.query(f"select {columns} from salesforce.lead order by rowid")


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    return Exports(tmp_path)


# Names


@pytest.mark.parametrize("header", ["created_date", "CreatedDate", "created date", "Created_Date", "CREATEDDATE"])
def test_every_spelling_of_a_header_is_one_column(header: str) -> None:
    assert conform.column_names([header], ["id", "created_date"]) == ["created_date"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Pricebook2Id", "pricebook_2_id"),
        ("Custom_Field__c", "custom_field_c"),
        ("LID__Date_Sent__c", "lid_date_sent_c"),
        ("SFDCLeadId", "sfdc_lead_id"),
        ("_fivetran_start", "_fivetran_start"),
        ("Größe (cm)", "größe_cm"),
    ],
)
def test_unknown_headers_get_the_connectors_names(header: str, name: str) -> None:
    assert conform.column_names([header], ["id"]) == [name]


@given(st.text())
def test_a_name_in_snake_case_stays_as_it_is(name: str) -> None:
    once = conform.snake_case(name)
    assert conform.snake_case(once) == once


@given(st.sampled_from(sorted(raw_schema.tables())), st.data())
def test_declared_names_are_found_in_any_spelling(table: tuple[str, str], data: st.DataObject) -> None:
    declared = raw_schema.tables()[table]
    column = data.draw(st.sampled_from(sorted(declared)))
    words = [word for word in column.split("_") if word]
    spelling = data.draw(
        st.sampled_from(
            [
                column.upper(),
                " ".join(words),
                "".join(word.capitalize() for word in words),
                words[0] + "".join(word.capitalize() for word in words[1:]),
                "\ufeff" + column,
            ]
        )
    )
    assert conform.column_names([spelling], declared) == [column]


@given(st.lists(st.text(max_size=8) | st.sampled_from(["id", "Id", "email", "E-Mail", "email_2", ""]), max_size=12))
def test_column_names_never_repeat(headers: list[str]) -> None:
    wanted = conform.column_names(headers, ["id", "email"])
    names = conform.numbered(wanted, headers, ["id", "email"])
    assert len({name.casefold() for name in names}) == len(headers)
    assert set(wanted) <= set(names)


def test_a_repeated_header_keeps_the_exact_spelling_first(exports: Exports) -> None:
    exports.put("salesforce/lead.csv", "Id,Created Date,created_date,note,note\n1,2020-01-02,2020-01-01,a,b\n")
    summary = exports.load()
    assert exports.lead("created_date, created_date_2, note, note_2") == [
        (datetime(2020, 1, 1, tzinfo=UTC), "2020-01-02", "a", "b")
    ]
    assert sum("more than one column" in remark for remark in summary.remarks()) == 2


# Values


def test_every_declared_type_is_known() -> None:
    types = {type_ for columns in raw_schema.tables().values() for type_ in columns.values()}
    assert all(conform.read_as("x", "BLOB", type_) for type_ in types)


VALUES: list[tuple[str, str, object]] = [
    ("TIMESTAMPTZ", "2020-05-15 22:18:25 UTC", datetime(2020, 5, 15, 22, 18, 25, tzinfo=UTC)),
    ("TIMESTAMPTZ", "2020-05-06 00:14:31.000", datetime(2020, 5, 6, 0, 14, 31, tzinfo=UTC)),
    ("TIMESTAMPTZ", "2020-05-06T00:14:31.000+0000", datetime(2020, 5, 6, 0, 14, 31, tzinfo=UTC)),
    ("TIMESTAMPTZ", "2020-05-06T00:14:31+02:00", datetime(2020, 5, 5, 22, 14, 31, tzinfo=UTC)),
    ("TIMESTAMPTZ", "2020-05-06 00:14:31 -0500", datetime(2020, 5, 6, 5, 14, 31, tzinfo=UTC)),
    ("TIMESTAMPTZ", "2020-05-06T00:14:31Z", datetime(2020, 5, 6, 0, 14, 31, tzinfo=UTC)),
    ("TIMESTAMPTZ", " 2020-05-06 ", datetime(2020, 5, 6, tzinfo=UTC)),
    ("DATE", "2020-05-06", date(2020, 5, 6)),
    ("DATE", "2018-12-19 00:00:00", date(2018, 12, 19)),
    ("BIGINT", "0123", 123),
    ("BIGINT", "-5.0", -5),
    ("BIGINT", "9007199254740993", 9007199254740993),
    ("DOUBLE", "1.5e3", 1500.0),
    ("DOUBLE", ".5", 0.5),
    ("VARCHAR", "00042", "00042"),
    ("VARCHAR", " Null ", " Null "),
    *[("BOOLEAN", text, True) for text in ("TRUE", "True", "t", "1", "yes", "Y")],
    *[("BOOLEAN", text, False) for text in ("FALSE", "false", "f", "0", "no", "N")],
]
MISFITS = [
    ("TIMESTAMPTZ", "15.05.2020"),
    ("TIMESTAMPTZ", "05/06/2020 10:00"),
    ("TIMESTAMPTZ", "infinity"),
    ("TIMESTAMPTZ", "1588723200"),
    ("TIMESTAMPTZ", "20-05-06"),
    ("DATE", "2020-02-30"),
    ("DATE", "06.05.2020"),
    ("BIGINT", "1.5"),
    ("BIGINT", "1e6"),
    ("BIGINT", "1,234"),
    ("BIGINT", "9223372036854775808"),
    ("DOUBLE", "1.234,50"),
    ("DOUBLE", "1e999"),
    ("DOUBLE", "$5"),
    ("BOOLEAN", "maybe"),
]


def evaluate(expression: str | None, value: object) -> object:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(f"select {expression} from (select $1 as x)", [value]).fetchall()[0][0]


@pytest.mark.parametrize(("type_", "text", "value"), VALUES)
def test_values_that_fit_are_typed(type_: str, text: str, value: object) -> None:
    assert evaluate(conform.read_as("x", "VARCHAR", type_), text) == value
    if type_ != "VARCHAR":
        assert evaluate(conform.misfit("x", "VARCHAR", type_), text) is False


@pytest.mark.parametrize(("type_", "text"), MISFITS)
def test_values_that_do_not_fit_are_told(type_: str, text: str) -> None:
    assert evaluate(conform.misfit("x", "VARCHAR", type_), text) is True


@pytest.mark.parametrize("text", ["", " ", "NULL", "null", "None", "NaN", "NaT", "\\N"])
@pytest.mark.parametrize("type_", ["BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMPTZ"])
def test_words_for_null_are_null_where_the_column_is_not_text(type_: str, text: str) -> None:
    assert evaluate(conform.read_as("x", "VARCHAR", type_), text) is None
    assert evaluate(conform.misfit("x", "VARCHAR", type_), text) is False


def test_a_column_that_does_not_fit_stays_text_and_is_told(exports: Exports) -> None:
    exports.put("salesforce/lead.csv", "id,created_date\n1,2020-01-01\n2,17.10.2019\n3,\n4,18.10.2019\n")
    summary = exports.load()
    assert exports.lead("created_date") == [("2020-01-01",), ("17.10.2019",), (None,), ("18.10.2019",)]
    assert summary.tables[0].kept_as_text == (TextColumn("created_date", "TIMESTAMPTZ", 2, "17.10.2019"),)
    assert any("2 values" in remark and "17.10.2019" in remark for remark in summary.remarks())


def test_ids_keep_their_leading_zeros(exports: Exports) -> None:
    exports.put("salesforce/lead.csv", "id,owner_id\n000123,007\n").load()
    assert exports.lead("id, owner_id") == [("000123", "007")]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(deadline=None, max_examples=30)
@given(
    rows=st.lists(
        st.tuples(TEXTS, st.none() | TEXTS, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.booleans()),
        min_size=1,
        max_size=8,
    ),
    delimiter=st.sampled_from(csv_dialect.DELIMITERS),
    newline=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
)
def test_values_survive_the_way_through_csv(
    rows: list[tuple[str, str | None, int | None, bool | None]], delimiter: str, newline: str, bom: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL)
    writer.writerows([["Id", "Last Name", "NumberOfEmployees", "IsDeleted"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        exports = Exports(Path(folder))
        content = text.getvalue().encode()
        exports.put("salesforce/lead.csv", codecs.BOM_UTF8 + content if bom else content).load()
        assert exports.lead("id, last_name, number_of_employees, is_deleted") == rows


# Files


MESSY = 'id,last_name\n1,"Ünal, 😀"\n2,"line one\nline ""two"""\n3,\n'
MESSY_ROWS = [("1", "Ünal, 😀"), ("2", 'line one\nline "two"'), ("3", None)]
SHAPES: dict[str, bytes] = {
    "plain": MESSY.encode(),
    "byte-order mark": codecs.BOM_UTF8 + MESSY.encode(),
    "utf-16": MESSY.encode("utf-16"),
    "no newline at the end": MESSY.rstrip().encode(),
    "empty lines": b"\n\r\n" + MESSY.encode() + b"\n\n",
    "semicolons": MESSY.replace(",", ";").replace("Ünal;", "Ünal,").encode(),
    "tabs": MESSY.replace(",", "\t").replace("Ünal\t", "Ünal,").encode(),
    "line ends of Windows, line feeds in quotes": b"\r\n".join(
        [b"id,last_name", '1,"Ünal, 😀"'.encode(), b'2,"line one\nline ""two"""', b"3,", b""]
    ),
    "line ends of every kind": b"id,last_name\r\n" + '1,"Ünal, 😀"\r'.encode() + b'2,"line one\nline ""two"""\n3,\r\n',
}


@pytest.mark.parametrize("suffix", ["csv", "csv.gz"])
@pytest.mark.parametrize("shape", SHAPES)
def test_files_of_every_shape_say_the_same(exports: Exports, shape: str, suffix: str) -> None:
    exports.put(f"salesforce/lead.{suffix}", SHAPES[shape]).load()
    assert exports.lead("id, last_name") == MESSY_ROWS


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_line_ends_outside_quotes_do_not_matter(data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.sampled_from([b"\n", b"\r\n", b"\r"]), min_size=4, max_size=4))
    records = [b"id,last_name", b'1,"a\r\nb"', b"2,c", b'3,"d\re"']
    chunk = data.draw(st.integers(1, 9))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        exports = Exports(Path(folder))
        exports.put("salesforce/lead.csv", b"".join(record + end for record, end in zip(records, ends, strict=True)))
        patch.setattr(csv_dialect, "_chunks", in_chunks_of(chunk))
        exports.load()
        assert exports.lead("id, last_name") == [("1", "a\r\nb"), ("2", "c"), ("3", "d\re")]


def in_chunks_of(size: int) -> Callable[[Path], Iterable[bytes]]:
    def chunks(path: Path) -> Iterable[bytes]:
        content = path.read_bytes()
        return (content[start : start + size] for start in range(0, len(content), size))

    return chunks


def test_bytes_that_are_not_utf8_are_read_as_windows_latin(exports: Exports) -> None:
    content = "id,last_name\n1,Müller\n2,€uro café\n".encode("cp1252") + "3,Ünal\n".encode()
    summary = exports.put("salesforce/lead.csv", content).load()
    assert exports.lead("last_name") == [("Müller",), ("€uro café",), ("Ünal",)]
    assert any("Windows Latin" in remark for remark in summary.remarks())


def test_long_texts_and_characters_outside_the_basic_plane(exports: Exports) -> None:
    long = '😀, "quoted"\r\n' * 12_000
    text = io.StringIO()
    csv.writer(text).writerows([["id", "description"], ["1", long], ["2", "short"]])
    exports.put("salesforce/task.csv", text.getvalue()).load()
    assert exports.query("select description from salesforce.task order by id") == [(long,), ("short",)]


def test_ragged_rows_are_left_out_and_named_by_their_line(exports: Exports) -> None:
    content = 'id,last_name\n1,"a\nb"\n2,x,y\n3,z\n4\n5,"open" end\n\n6\n7,fine\n'
    for newline in ("\n", "\r\n"):
        summary = exports.put("salesforce/lead.csv", content.replace("\n", newline)).load()
        assert [row[0] for row in exports.lead("id")] == ["1", "3", "7"]
        report = summary.tables[0]
        assert report.left_out_count == 4
        assert [(row.line, row.reason) for row in report.left_out] == [
            (4, "3 values for 2 columns"),
            (6, "1 value for 2 columns"),
            (7, "a quote that is not closed or not doubled"),
            (9, "1 value for 2 columns"),
        ]
        assert any("line 4" in remark for remark in summary.remarks())


def test_a_quote_that_is_never_closed_is_told(exports: Exports) -> None:
    summary = exports.put("salesforce/lead.csv", 'id,last_name\n1,a\n2,"open\n3,c\n').load()
    assert summary.tables[0].left_out_count > 0
    assert exports.lead("id") == [("1",)]


def test_a_header_alone_makes_an_empty_typed_table(exports: Exports) -> None:
    summary = exports.put("salesforce/lead.csv", "Id,CreatedDate,Foo").load()
    assert summary.rows == {"salesforce.lead": 0}
    assert exports.query("select column_name, data_type from duckdb_columns() where schema_name = 'salesforce'") == [
        ("id", "VARCHAR"),
        ("created_date", "TIMESTAMP WITH TIME ZONE"),
        ("Foo".lower(), "VARCHAR"),
    ]


def test_parquet_is_typed_like_csv(exports: Exports) -> None:
    frame = pd.DataFrame(
        {
            "Id": [1, 2],
            "CreatedDate": pd.Series([datetime(2020, 1, 1, 10), None], dtype="datetime64[us]"),
            "NumberOfEmployees": [10.0, None],
            "IsConverted": ["yes", "no"],
            "Score": [{"a": 1}, {"a": 2}],
        }
    )
    summary = exports.put("salesforce/Lead.parquet", frame).load()
    assert exports.lead("id, created_date, number_of_employees, is_converted, score") == [
        ("1", datetime(2020, 1, 1, 10, tzinfo=UTC), 10, True, "{'a': 1}"),
        ("2", None, None, False, "{'a': 2}"),
    ]
    assert summary.tables[0].unknown == ("score",)


def test_part_files_make_one_table(exports: Exports) -> None:
    exports.put("marketo/activity_visit_webpage/part-0.csv", "id,lead_id,webpage_url\n1,1,/a\n")
    exports.put("marketo/activity_visit_webpage/part-1.csv.gz", "lead_id;id;user_agent\n1;x2;ua\n")
    exports.put("marketo/activity_visit_webpage/part-2.parquet", pd.DataFrame({"id": [3], "lead_id": [2]}))
    summary = exports.load()
    assert exports.query(
        "select id, lead_id, webpage_url, user_agent from marketo.activity_visit_webpage order by lead_id, id"
    ) == [
        ("1", 1, "/a", None),
        ("x2", 1, None, "ua"),
        ("3", 2, None, None),
    ]
    assert summary.tables[0].kept_as_text == (TextColumn("id", "BIGINT", 1, "x2"),)


def test_names_of_folders_and_files_may_be_special(exports: Exports) -> None:
    exports.folder = exports.folder / "it's [1] *new*"
    exports.put("Salesforce/OpportunityContactRole.csv", 'ID,"na""me; \'x\'"\n1,2\n')
    exports.put("MARKETO/Lead.CSV", "id\n1\n")
    exports.database = exports.database.with_name("salesforce.duckdb")
    assert exports.load().rows == {"marketo.lead": 1, "salesforce.opportunity_contact_role": 1}


# The folder as a whole


def test_only_the_tables_it_brings_are_replaced(exports: Exports) -> None:
    exports.put("salesforce/lead.csv", "id\n1\n").put("salesforce/contact.csv", "id\n1\n").load()
    (exports.folder / "salesforce/contact.csv").unlink()
    exports.put("salesforce/lead.csv", "id,email\n7,a@b.co\n").load()
    assert exports.lead("*") == [("7", "a@b.co")]
    assert exports.query("select id from salesforce.contact") == [("1",)]


def test_what_is_not_recognised_is_told_and_left(exports: Exports) -> None:
    exports.put("salesforce/lead.csv", "id,shoe_size\n1,44\n").put("salesforce/invoice.csv", "id\n1\n")
    exports.put("salesforce/notes.txt", "hello").put("hubspot/contact.csv", "id\n1\n").put("g2/.DS_Store", "")
    exports.put("marketo/lead.csv", "foo,bar\n1,2\n").put("marketo/program.csv", "").put("readme.md", "")
    summary = exports.load()
    assert summary.rows == {"salesforce.lead": 1}
    assert set(summary.skipped) == {
        "hubspot",
        "marketo/lead.csv",
        "marketo/program.csv",
        "readme.md",
        "salesforce/invoice.csv",
        "salesforce/notes.txt",
    }
    report = summary.tables[0]
    assert report.unknown == ("shoe_size",)
    assert {"email", "created_date"} <= set(report.absent)
    assert "shoe_size" in str(summary)
    assert "hubspot was not loaded" in str(summary)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "Nothing in"),
        ({"lead.csv": "id\n1\n"}, "salesforce/lead.csv"),
        ({"salesforce/lead.csv": ""}, "not even a header"),
        ({"salesforce/lead.csv": "id\n1\n", "salesforce/Lead.parquet": "x"}, "are both salesforce.lead"),
        ({"salesforce/lead.parquet": "not parquet"}, "salesforce/lead.parquet cannot be loaded"),
        ({"salesforce/lead.csv": "id\n1\n", "salesforce/user.csv.gz": "x"}, "salesforce/user.csv.gz cannot be loaded"),
    ],
)
def test_what_cannot_be_loaded_is_one_clear_error(exports: Exports, files: dict[str, str], message: str) -> None:
    for path, content in files.items():
        exports.put(path, content)
        if path.endswith(".gz"):
            (exports.folder / path).write_text("no gzip")
    with pytest.raises(LeadscoreError, match=message) as error:
        exports.load()
    assert "\n" not in str(error.value)


def test_a_missing_folder_and_a_missing_place_for_the_database(exports: Exports) -> None:
    with pytest.raises(LeadscoreError, match="no folder"):
        load(exports.folder / "absent", exports.database, progress=False)
    exports.put("salesforce/lead.csv", "id\n1\n")
    with pytest.raises(LeadscoreError, match="does not exist"):
        load(exports.folder, exports.folder / "absent/raw.duckdb", progress=False)
    with pytest.raises(LeadscoreError, match="is no DuckDB file"):
        load(exports.folder, exports.folder / "salesforce/lead.csv", progress=False)


def test_a_database_in_use_elsewhere_is_named_with_its_holder(exports: Exports) -> None:
    exports.put("salesforce/lead.csv", "id\n1\n")
    holder = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(exports.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(LeadscoreError, match=rf"in use by another program \(process {process.pid}\)"):
            exports.load()
        process.communicate()


def test_an_error_half_way_leaves_the_former_content(exports: Exports) -> None:
    exports.put("salesforce/contact.csv", "id\n1\n").load()
    exports.put("salesforce/contact.csv", "id\n2\n").put("salesforce/user.parquet", "broken")
    with pytest.raises(LeadscoreError, match="nothing else was"):
        exports.load()
    assert exports.query("select id from salesforce.contact") == [("1",)]


def test_a_kill_half_way_leaves_the_former_content(exports: Exports) -> None:
    exports.put("salesforce/contact.csv", "id\n1\n").put("salesforce/lead.csv", "id\n1\n").load()
    exports.put("salesforce/contact.csv", "id\n2\n").put("salesforce/lead.csv", "id\n2\n")
    killed = """
import os, signal, sys
from pathlib import Path
from leadscore import load
whole = load._load_table
def half(connection, table, *rest):
    if table[1] == "lead":
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(connection, table, *rest)
load._load_table = half
load.load(Path(sys.argv[1]), Path(sys.argv[2]), progress=False)
"""
    run = subprocess.run([sys.executable, "-c", killed, str(exports.folder), str(exports.database)], cwd=ROOT)
    assert run.returncode < 0
    assert exports.query("select id from salesforce.contact union all select id from salesforce.lead") == [("1",)] * 2


# Real files


@pytest.mark.real_data
@pytest.mark.parametrize("data_set", ["olist", "fivetran", "bombora"])
@pytest.mark.parametrize("folder", [path] if (path := os.environ.get("LEAD_SCORING_REAL_DATA")) else [])
def test_real_files_load_without_loss(exports: Exports, folder: str, data_set: str) -> None:
    spec = importlib.util.spec_from_file_location("real_data", ROOT / "benchmarks/real_data.py")
    assert spec is not None
    assert spec.loader is not None
    real_data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(real_data)
    real_data.write(real_data.DATA_SETS[data_set](Path(folder)), exports.folder)
    summary = exports.load()
    assert not summary.skipped
    for report in summary.tables:
        assert report.left_out_count == 0
        assert report.kept_as_text == ()
        source, table = report.table.split(".")
        with (exports.folder / source / f"{table}.csv").open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        filled = exports.query(f"select {', '.join(f'count({column})' for column in rows[0])} from {report.table}")
        assert filled == [tuple(sum(row[column] != "" for row in rows) for column in rows[0])]


def test_a_simulated_world_gives_way_as_a_whole(tmp_path: Path) -> None:
    database = tmp_path / "raw.duckdb"
    simulate(database, 30, 3, seed=1, end=date(2025, 7, 1), progress=False)
    (tmp_path / "exports" / "salesforce").mkdir(parents=True)
    (tmp_path / "exports" / "salesforce" / "lead.csv").write_text("Id,CreatedDate\n00Q1,2025-01-01\n")
    summary = load(tmp_path / "exports", database, progress=False)
    assert "simulated world" in str(summary)
    with duckdb.connect(str(database)) as connection:
        found = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    assert found == [("salesforce", "lead")]
