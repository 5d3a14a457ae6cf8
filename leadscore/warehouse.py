"""Reading and writing relations of the warehouse: the only file that knows an engine.

Models hand over what dbt gave them (a DuckDB relation) and pure functions on Arrow data; what comes back is what a
dbt Python model may return. Nothing here materialises more than it is asked to: `read` is for what is known to be
bounded, `map_batches` for the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa

BATCH_ROWS = 50_000


def read(
    relation: Any, columns: Sequence[str] | None = None, order_by: Sequence[str] = (), limit: int | None = None
) -> pa.Table:
    """Read a relation as an Arrow table, ordered so that equal content gives equal rows in equal order.

    Args:
        relation: what `dbt.ref()` returned.
        columns: the columns to read, all by default.
        order_by: columns to sort by; needed wherever the result depends on the order.
        limit: the most rows to read.
    """
    if columns is not None:
        relation = relation.select(*columns)
    if order_by:
        relation = relation.order(", ".join(order_by))
    if limit is not None:
        relation = relation.limit(limit)
    return relation.to_arrow_table()


def map_batches(
    session: Any, relation: Any, function: Callable[[pa.RecordBatch], pa.RecordBatch], batch_rows: int = BATCH_ROWS
) -> pa.RecordBatchReader:
    """Map a pure function over the batches of a relation, as a stream: memory holds a batch, not the relation.

    Args:
        session: the connection dbt gave the model.
        relation: what `dbt.ref()` returned.
        function: takes and gives a record batch; for no rows it must give a batch of the same schema as for some.
        batch_rows: rows per batch.
    """
    # dbt writes the result through `session` while it is still being read, so reading takes a cursor of its own.
    source = session.cursor().sql(relation.sql_query()).to_arrow_reader(batch_rows)
    empty = pa.RecordBatch.from_pylist([], schema=source.schema)
    schema = function(empty).schema

    def results() -> Iterator[pa.RecordBatch]:
        for batch in source:
            if batch.num_rows:
                yield function(batch).cast(schema)

    return pa.RecordBatchReader.from_batches(schema, results())
