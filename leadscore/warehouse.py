"""Reading and writing relations of the warehouse: the only file that knows an engine.

Models hand over what dbt gave them (a DuckDB relation, or on Snowflake a Snowpark DataFrame) and pure functions on Arrow
data; what comes back is what a dbt Python model may return. Nothing here materialises more than it is asked to: `read`
is for what is known to be bounded, `map_batches` for the rest.

Column names are lower case in Arrow and upper case on Snowflake: they change here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from leadscore.channel import PACKAGES
from leadscore.errors import LeadscoreError
from leadscore.library_package import running_from

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 16_384
"""Rows in a batch: some 30 MB of features, and as much again several times for what scoring makes of them."""
PARTITION_ROWS = 25_000
"""Rows in a batch on Snowflake, on average: eight workers share the memory of a node, and pandas takes several times that of Arrow."""
MOST_EXACT = 2**53
PART = "BATCH_NUMBER"
"""The column that says on Snowflake which batch a row is in."""


def read(
    relation: Any,
    columns: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    order_by: Sequence[str] = (),
    limit: int | None = None,
) -> pa.Table:
    """Read a relation as an Arrow table, ordered so that equal content gives equal rows in equal order.

    Args:
        relation: what `dbt.ref()` returned.
        columns: the columns to read, all by default.
        where: the text that each of these columns must hold.
        order_by: columns to sort by, nulls last; needed wherever the result depends on the order.
        limit: the most rows to read.
    """
    if _is_snowpark(relation):
        return _read_snowpark(relation, columns, where or {}, order_by, limit)
    for name, text in (where or {}).items():
        relation = relation.filter(f"""{_quoted(name)} = '{text.replace("'", "''")}'""")
    if columns is not None:
        relation = relation.select(*columns)
    if order_by:
        relation = relation.order(", ".join(f"{_quoted(name)} asc nulls last" for name in order_by))
    if limit is not None:
        relation = relation.limit(limit)
    return relation.to_arrow_table()


def without(relation: Any, columns: Sequence[str]) -> Any:
    """A relation without some of its columns, as a Python model may return it; nothing of it is read here."""
    if _is_snowpark(relation):
        return relation.drop(*[name.upper() for name in columns]) if columns else relation
    return relation.select(*[_quoted(name) for name in relation.columns if name not in set(columns)])


def write(session: Any, table: pa.Table) -> Any:
    """A bounded Arrow table as what a Python model may return."""
    return _snowpark_frame(session, table) if _is_snowpark(session) else table


def map_batches(
    session: Any,
    relation: Any,
    function: Callable[[pa.RecordBatch], pa.RecordBatch],
    key: Sequence[str] = ("lead_id", "as_of"),
    batch_rows: int | None = None,
) -> Any:
    """Map a pure function over the batches of a relation: memory holds a batch, not the relation.

    On DuckDB the result is a stream; on Snowflake the batches are spread over the warehouse's workers.

    Args:
        session: the connection or session dbt gave the model.
        relation: what `dbt.ref()` returned.
        function: takes and gives a record batch, row by row alike whatever else is in the batch; for no rows it must
            give a batch of the same schema as for some. It travels to workers, so it carries data and no fitted object.
        key: columns whose values tell rows apart; on Snowflake they choose the batch.
        batch_rows: rows per batch, on Snowflake on average; `BATCH_ROWS` or `PARTITION_ROWS` by default.
    """
    if _is_snowpark(session):
        return _map_snowpark(relation, function, key, batch_rows or PARTITION_ROWS)
    # dbt writes the result through `session` while it is still being read, so reading takes a cursor of its own.
    source = session.cursor().sql(relation.sql_query()).to_arrow_reader(batch_rows or BATCH_ROWS)
    schema = _schema_of(function, source.schema)

    def results() -> Iterator[pa.RecordBatch]:
        for batch in source:
            if batch.num_rows:
                yield function(batch).cast(schema)

    return pa.RecordBatchReader.from_batches(schema, results())


def _schema_of(function: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema) -> pa.Schema:
    """The schema of what a function gives, from what it gives for no rows."""
    return function(pa.RecordBatch.from_pylist([], schema=schema)).schema


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# Snowflake.


def _is_snowpark(given: Any) -> bool:
    """Whether dbt runs on Snowflake; asks without importing Snowpark, which is not there on DuckDB."""
    return type(given).__module__.startswith("snowflake.snowpark")


def _read_snowpark(
    relation: Any, columns: Sequence[str] | None, where: Mapping[str, str], order_by: Sequence[str], limit: int | None
) -> pa.Table:
    from snowflake.snowpark.functions import col, lit

    for name, text in where.items():
        relation = relation.filter(col(name.upper()) == lit(text))
    if columns is not None:
        relation = relation.select(*[col(name.upper()) for name in columns])
    if order_by:
        relation = relation.sort(*[col(name.upper()).asc_nulls_last() for name in order_by])
    if limit is not None:
        relation = relation.limit(limit)
    schema = _arrow_schema(relation.schema)
    found = relation.to_arrow().rename_columns(schema.names)
    return pa.table([_cast(column, field) for column, field in zip(found.columns, schema, strict=True)], schema=schema)


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    """A column as its declared type: Snowflake sends whole numbers in the narrowest type or as decimals."""
    kind = field.type
    if pa.types.is_struct(column.type):
        # A timestamp of more than microseconds comes as epoch and fraction.
        microseconds = [
            None if row is None else row["epoch"] * 1_000_000 + row["fraction"] // 1_000 for row in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(microseconds, pa.int64()).cast(kind)])
    try:
        return column.cast(kind)
    except pa.ArrowInvalid as error:
        raise LeadscoreError(f"The column {field.name} cannot be read as {kind}: {error}.") from None


def _map_snowpark(
    relation: Any,
    function: Callable[[pa.RecordBatch], pa.RecordBatch],
    key: Sequence[str],
    batch_rows: int,
) -> Any:
    """A vectorised table function over partitions of about `batch_rows` rows, chosen by a hash of the key.

    Snowflake hands such a function a partition as a pandas frame and takes one back ("Vectorized Python UDTFs" of its
    documentation). Within a procedure it is registered for the session and without a name ("Writing stored procedures
    in Python"), with packages and imports of its own: it inherits none from the procedure.
    """
    from snowflake.snowpark import functions
    from snowflake.snowpark.types import StringType, StructField, StructType

    given = _arrow_schema(relation.schema)
    result = _schema_of(function, given)
    parts = max(1, -(-int(relation.count()) // batch_rows))
    number = functions.abs(functions.hash(*[functions.col(name.upper()) for name in key])) % functions.lit(parts)
    # Lists travel as JSON: table functions take and give plain values.
    lists = {field.name for field in result if pa.types.is_list(field.type)}
    declared = StructType(
        [
            StructField(field.name.upper(), StringType() if field.name in lists else _snowpark_type(field.type))
            for field in result
        ]
    )
    library = running_from()
    mapped = (
        relation.with_column(PART, number)
        .group_by(PART)
        .apply_in_pandas(
            PartitionMap(function, given, result),
            output_schema=declared,
            packages=list(PACKAGES),
            imports=[str(library)] if library else [],
        )
    )
    return mapped.select(
        *[
            functions.to_array(functions.parse_json(functions.col(field.name.upper()))).alias(field.name.upper())
            if field.name in lists
            else functions.col(field.name.upper())
            for field in result
        ]
    )


@dataclass(frozen=True)
class PartitionMap:
    """A function of batches as a function of the pandas frames that Snowflake hands its workers."""

    function: Callable[[pa.RecordBatch], pa.RecordBatch]
    given: pa.Schema
    result: pa.Schema

    def __call__(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame.columns = [name.lower() for name in frame.columns]
        columns = [_from_pandas(frame[field.name], field) for field in self.given]
        batch = pa.RecordBatch.from_arrays(columns, schema=self.given)
        return _upper_frame(pa.Table.from_batches([self.function(batch).cast(self.result)]))


def _from_pandas(column: pd.Series, field: pa.Field) -> pa.Array:
    """A worker's column as Arrow. Whole numbers come as floats where some are missing, which hold them up to 2**53."""
    if pa.types.is_timestamp(field.type):
        return pa.array(column, from_pandas=True).cast(field.type, safe=False)
    if pa.types.is_integer(field.type) and column.dtype.kind == "f" and (column.abs() > MOST_EXACT).any():
        raise LeadscoreError(
            f"The column {field.name} holds whole numbers above {MOST_EXACT:,} beside missing ones, which pandas does "
            "not carry exactly. Read it as text."
        )
    return pa.array(column, field.type, from_pandas=True)


def _snowpark_frame(session: Any, table: pa.Table) -> Any:
    """A bounded table uploaded; it holds plain columns."""
    from snowflake.snowpark.functions import col
    from snowflake.snowpark.types import StructField, StructType

    fields = [StructField(field.name.upper(), _snowpark_type(field.type)) for field in table.schema]
    if not table.num_rows:
        return session.create_dataframe([], schema=StructType(fields))
    uploaded = session.create_dataframe(_upper_frame(table))
    # Where values are missing, the type was guessed.
    declared = [col(field.name).cast(field.datatype).alias(field.name) for field in fields]
    return uploaded.select(*declared)


def _upper_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as pandas for Snowflake: upper-case names, nulls kept in whole numbers, lists as JSON."""
    import json

    import pandas as pd

    columns: dict[str, Any] = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_list(field.type):
            texts = [None if items is None else json.dumps(items) for items in column.to_pylist()]
            columns[field.name.upper()] = pd.Series(texts, dtype=object)
        elif column.null_count or not (pa.types.is_integer(field.type) or pa.types.is_floating(field.type)):
            # As Python's own values, None where missing: pandas would make floats of whole numbers and NaN of nothing.
            columns[field.name.upper()] = pd.Series(column.to_pylist(), dtype=object)
        else:
            columns[field.name.upper()] = pd.Series(column.to_numpy())
    return pd.DataFrame(columns)


def _arrow_schema(schema: Any) -> pa.Schema:
    """A Snowpark schema as Arrow, with names in lower case."""
    return pa.schema([(field.name.strip('"').lower(), _arrow_type(field.datatype)) for field in schema.fields])


def _arrow_type(kind: Any) -> pa.DataType:
    """The Arrow type of a Snowpark type; whole numbers are 64 bits wide, other decimals doubles, lists their JSON."""
    from snowflake.snowpark import types

    known = {
        types.BooleanType: pa.bool_(),
        types.DateType: pa.date32(),
        types.TimestampType: pa.timestamp("us"),
        types.FloatType: pa.float64(),
        types.DoubleType: pa.float64(),
    }
    if isinstance(kind, types.DecimalType):
        return pa.float64() if kind.scale else pa.int64()
    if isinstance(kind, (types.ByteType, types.ShortType, types.IntegerType, types.LongType)):
        return pa.int64()
    return known.get(type(kind), pa.string())


def _snowpark_type(kind: pa.DataType) -> Any:
    """The Snowpark type of an Arrow type that a Python model gives."""
    from snowflake.snowpark import types

    if pa.types.is_integer(kind):
        return types.LongType()
    if pa.types.is_floating(kind):
        return types.DoubleType()
    if pa.types.is_boolean(kind):
        return types.BooleanType()
    if pa.types.is_date(kind):
        return types.DateType()
    if pa.types.is_timestamp(kind):
        return types.TimestampType(types.TimestampTimeZone.NTZ)
    return types.StringType()
