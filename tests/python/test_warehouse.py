"""Reading, mapping and writing: the same on a DuckDB relation and on a Snowpark DataFrame (local testing)."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadscore import warehouse
from leadscore.errors import LeadscoreError

sys.path.append(str(Path(__file__).resolve().parents[1] / "snowflake"))
from snowpark_runner import Worker, local_session, save

SCHEMA = pa.schema(
    [
        ("lead_id", pa.string()),
        ("as_of", pa.date32()),
        ("visits", pa.int64()),
        ("rate", pa.float64()),
        ("is_open", pa.bool_()),
        ("seen_at", pa.timestamp("us")),
    ]
)
VISITS = pa.schema([("visits", pa.int64())])
TEXTS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
        st.none() | st.integers(-(2**62), 2**62),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.booleans(),
        st.none() | st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)),
    ),
    max_size=12,
)
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def snowpark() -> Iterator[Any]:
    session = local_session()
    yield session
    session.close()


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("set TimeZone = 'UTC'")
        yield made


def table_of(rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


def on_duckdb(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> Any:
    connection.register("given", table)
    connection.execute("create or replace table leads as from given")
    return connection.table("leads")


def on_snowpark(session: Any, table: pa.Table) -> Any:
    save(session, "DB.PUBLIC.LEADS", table)
    return session.table("DB.PUBLIC.LEADS")


@few
@given(rows=ROWS)
def test_both_engines_read_the_same(rows: list[tuple[Any, ...]], connection: Any, snowpark: Any) -> None:
    # Local testing cannot sort where something is missing, so rows are in the order of a number of their own.
    table = table_of(rows).append_column("place", pa.array(range(len(rows)), pa.int64()))
    ours = warehouse.read(on_duckdb(connection, table), order_by=["place"])
    theirs = warehouse.read(on_snowpark(snowpark, table), order_by=["place"])
    assert theirs.schema == ours.schema == table.schema
    assert theirs.to_pylist() == ours.to_pylist() == table.to_pylist()


@pytest.mark.parametrize("place", [on_duckdb, on_snowpark])
def test_columns_rows_and_order_are_as_asked(place: Any, connection: Any, snowpark: Any) -> None:
    session = connection if place is on_duckdb else snowpark
    given = table_of([(name, None, n, None, None, None) for n, name in enumerate(["b", "a", "z", "it's", "a"])])
    read = warehouse.read(place(session, given), columns=["visits", "lead_id"], order_by=["lead_id", "visits"], limit=4)
    assert read.to_pylist() == [
        {"visits": 1, "lead_id": "a"},
        {"visits": 4, "lead_id": "a"},
        {"visits": 0, "lead_id": "b"},
        {"visits": 3, "lead_id": "it's"},
    ]
    assert warehouse.read(place(session, given), where={"lead_id": "it's"})["visits"].to_pylist() == [3]


def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A function of batches that says in each row how many rows came with it."""
    visits = [None if n is None else [2 * n, None] for n in batch.column("visits").to_pylist()]
    return pa.RecordBatch.from_pydict(
        {
            "lead_id": batch.column("lead_id"),
            "as_of": batch.column("as_of"),
            "rows": pa.array([batch.num_rows] * batch.num_rows, pa.int64()),
            "visits": batch.column("visits"),
            "lists": pa.array(visits, pa.list_(pa.int64())),
        }
    )


class Packaged:
    """Stands for a library that runs from its zip, as it does on Snowflake."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self) -> Path:
        return self.path


@pytest.fixture
def zipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "running_from", Packaged(Path(sys.path[0])))


def lists_of(table: pa.Table) -> list[dict[str, Any]]:
    """Rows by lead, with the number of rows in the batch left out; lists that came as JSON are read."""
    import json

    rows = []
    for row in table.to_pylist():
        lists = row.pop("lists")
        del row["rows"]
        rows.append(row | {"lists": json.loads(lists) if isinstance(lists, str) else lists})
    return sorted(rows, key=lambda row: row["lead_id"])


def test_mapping_gives_the_same_on_both_and_no_batch_is_too_large(connection: Any, snowpark: Any, zipped: None) -> None:
    day = dt.date(2025, 7, 1)
    table = table_of([(f"lead {n}", day, n % 7 or None, None, None, None) for n in range(600)])
    ours = warehouse.map_batches(connection, on_duckdb(connection, table), doubled, batch_rows=100).read_all()
    frame = warehouse.map_batches(snowpark, on_snowpark(snowpark, table), doubled, batch_rows=100)
    theirs = frame.to_arrow()
    theirs = theirs.rename_columns([name.lower() for name in theirs.column_names])
    assert lists_of(theirs) == lists_of(ours)
    assert max(theirs["rows"].to_pylist()) < 150
    assert len(set(theirs["rows"].to_pylist())) > 1


@pytest.mark.parametrize("rows", [0, 1])
def test_mapping_few_rows(rows: int, connection: Any, snowpark: Any, zipped: None) -> None:
    table = table_of([("lead", dt.date(2025, 7, 1), 2**60 + 1, None, None, None)] * rows)
    ours = warehouse.map_batches(connection, on_duckdb(connection, table), doubled).read_all()
    frame = warehouse.map_batches(snowpark, on_snowpark(snowpark, table), doubled)
    assert [field.name for field in frame.schema.fields] == [name.upper() for name in ours.column_names]
    assert frame.count() == ours.num_rows == rows
    if rows:
        assert frame.to_arrow()["VISITS"].to_pylist() == [2**60 + 1]


@few
@given(rows=ROWS)
def test_what_is_written_is_read_again(rows: list[tuple[Any, ...]], connection: Any, snowpark: Any) -> None:
    table = table_of(rows).drop_columns(["seen_at"])
    assert warehouse.write(connection, table) is table
    written = warehouse.write(snowpark, table)
    assert [field.name for field in written.schema.fields] == [name.upper() for name in table.column_names]
    assert warehouse.read(written).schema == table.schema
    assert warehouse.read(written).to_pylist() == table.to_pylist()


def test_a_number_too_large_for_64_bits_is_refused_by_name() -> None:
    landed = pa.chunked_array([pa.array([Decimal(2**70)], pa.decimal128(38, 0))])
    with pytest.raises(LeadscoreError, match="The column visits cannot be read as int64"):
        warehouse._cast(landed, pa.field("visits", pa.int64()))


def test_a_worker_refuses_whole_numbers_that_pandas_has_rounded() -> None:
    mapped = warehouse.PartitionMap(lambda batch: batch, VISITS, VISITS)
    assert mapped(pd.DataFrame({"VISITS": [7.0, None]})).to_dict("list") == {"VISITS": [7, None]}
    assert mapped(pd.DataFrame({"VISITS": [2**60 + 1, 2]})).to_dict("list") == {"VISITS": [2**60 + 1, 2]}
    with pytest.raises(LeadscoreError, match="The column visits holds whole numbers above"):
        mapped(pd.DataFrame({"VISITS": [2.0**53 + 2, None]}))


@pytest.mark.parametrize("unit", ["ns", "us"])
def test_a_worker_takes_timestamps_of_any_unit(unit: str) -> None:
    moments = pd.Series(pd.to_datetime(["2025-07-01 12:00:00.123456789", None])).astype(f"datetime64[{unit}]")
    schema = pa.schema([("seen_at", pa.timestamp("us"))])
    found = warehouse.PartitionMap(lambda batch: batch, schema, schema)(pd.DataFrame({"SEEN_AT": moments}))
    assert found["SEEN_AT"].tolist() == [dt.datetime(2025, 7, 1, 12, 0, 0, 123_456), None]


def test_a_timestamp_sent_as_epoch_and_fraction_is_read_to_the_microsecond() -> None:
    landed = pa.chunked_array([pa.array([{"epoch": 1_751_328_000, "fraction": 123_456_789}, None])])
    read = warehouse._cast(landed, pa.field("seen_at", pa.timestamp("us")))
    assert read.to_pylist() == [dt.datetime(2025, 7, 1, 0, 0, 0, 123_456), None]


def test_the_worker_has_the_library_from_the_zip_alone() -> None:
    made = Worker()
    try:
        assert made.package.name.startswith("leadscore_")
    finally:
        made.close()
