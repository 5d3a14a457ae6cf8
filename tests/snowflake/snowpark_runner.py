"""Runs a Python model's compiled file as Snowflake would: its `main` with a Snowpark session, in a process of its own that
has the library only as the zip that is deployed.

The session is Snowpark's local testing one. What that lacks is made up for here and nowhere else.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def run_python_model(compiled_file: Path, tables: Mapping[str, pa.Table]) -> pa.Table:
    """What the model saves, with column names in lower case and an ARRAY as a list.

    Args:
        compiled_file: what dbt's Snowflake adapter would put into a procedure.
        tables: the tables that the model refers to, by the name it refers to them.
    """
    return worker().run(compiled_file, tables)


@cache
def worker() -> Worker:
    """The one process that runs Python models, ended with this one."""
    made = Worker()
    atexit.register(made.close)
    return made


class Worker:
    """A Python process without the source tree on its path."""

    def __init__(self) -> None:
        from leadscore.library_package import build_package

        self._home = tempfile.TemporaryDirectory()
        self.package = build_package(Path(self._home.name))
        # Isolated: neither this folder nor PYTHONPATH is on the path, and the zip comes before the library in development.
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__, str(self.package)],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._runs = 0

    def run(self, compiled_file: Path, tables: Mapping[str, pa.Table]) -> pa.Table:
        assert self._process.stdin
        assert self._process.stdout
        self._runs += 1
        folder = Path(self._home.name) / str(self._runs)
        folder.mkdir()
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
        order = {"file": str(compiled_file), "folder": str(folder), "tables": sorted(tables)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"The process that runs {compiled_file.name} ended."
        if error := json.loads(answer)["error"]:
            raise AssertionError(f"{compiled_file.name} failed under Snowpark:\n{error}")
        return pq.read_table(folder / "result.parquet")

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        self._home.cleanup()


def serve(package: str) -> None:
    """Answer orders, a line each, until there are no more."""
    import os
    import traceback

    sys.path.insert(0, package)
    import leadscore

    if not leadscore.__file__.startswith(package):
        sys.exit(f"The library was imported from {leadscore.__file__} and not from the zip.")
    answers = os.fdopen(os.dup(1), "w")
    # What models print must not stand among the answers.
    os.dup2(2, 1)
    session = local_session()
    for line in sys.stdin:
        order = json.loads(line)
        try:
            result = run_main(session, Path(order["file"]), Path(order["folder"]), order["tables"])
            pq.write_table(result, Path(order["folder"]) / "result.parquet")
            error = None
        except Exception:
            error = traceback.format_exc()
        print(json.dumps({"error": error}), file=answers, flush=True)


def local_session() -> Any:
    """A Snowpark session that needs no account, taught what it lacks."""
    import cloudpickle
    import pandas as pd
    from snowflake.snowpark import DataFrame, RelationalGroupedDataFrame, Session
    from snowflake.snowpark.mock import ColumnEmulator, ColumnType, patch
    from snowflake.snowpark.types import LongType

    @patch("hash")
    def hash_of(*columns: ColumnEmulator) -> ColumnEmulator:
        """Local testing has no HASH: any number that the values decide will do."""
        import zlib

        numbers = [zlib.crc32(repr(row).encode()) for row in zip(*columns, strict=True)]
        return ColumnEmulator(data=numbers, sf_type=ColumnType(LongType(), False))

    def to_arrow(frame: Any, **_: Any) -> pa.Table:
        """Local testing gives rows where Arrow is asked for, and at times NaN where nothing is; whole numbers come as decimals, as
        the server sends them."""
        kinds = {
            "LongType": pa.decimal128(38, 0),
            "DoubleType": pa.float64(),
            "BooleanType": pa.bool_(),
            "DateType": pa.date32(),
        }
        rows = frame.collect()
        fields = frame.schema.fields
        arrays = [
            pa.array([None if row[place] != row[place] else row[place] for row in rows], arrow_kind(field, kinds))
            for place, field in enumerate(fields)
        ]
        return pa.table(arrays, names=[field.name for field in fields])

    def arrow_kind(field: Any, kinds: Mapping[str, pa.DataType]) -> pa.DataType:
        kind = type(field.datatype).__name__
        return pa.timestamp("us") if kind == "TimestampType" else kinds.get(kind, pa.string())

    def apply_in_pandas(
        grouped: Any, function: Any, output_schema: Any, packages: list[str], imports: list[str]
    ) -> Any:
        """Local testing hands a table function the whole table at once and forgets the types it declares."""
        # It travels to a worker, which has the library's zip and the packages, and no object that a library made in training.
        travelling = cloudpickle.dumps(function)
        assert b"xgboost" not in travelling
        assert imports == [sys.path[0]]
        assert "pandas" in packages
        (group,) = grouped._grouping_exprs
        frame = grouped._dataframe
        given = [worker_values(column) for column in to_arrow(frame).columns]
        names = [field.name for field in frame.schema.fields]
        whole = pd.DataFrame(dict(zip(names, given, strict=True)))
        fields = [field.name for field in output_schema.fields]
        rows = []
        for _, partition in whole.groupby(group.name.strip('"'), sort=False):
            result = cloudpickle.loads(travelling)(partition.reset_index(drop=True))
            assert list(result.columns) == fields
            rows += pa.Table.from_pandas(result, preserve_index=False).to_pylist()
        return frame.session.create_dataframe(
            [tuple(row[name] for name in fields) for row in rows], schema=output_schema
        )

    def worker_values(column: pa.ChunkedArray) -> pd.Series:
        """A column as a worker gets it: whole numbers as int64, or as float64 where some are missing."""
        whole_number = pa.types.is_decimal(column.type)
        column = column.cast(pa.int64()) if whole_number else column
        return (
            column.to_pandas()
            if whole_number or pa.types.is_floating(column.type)
            else pd.Series(column.to_pylist(), dtype=object)
        )

    DataFrame.to_arrow = to_arrow
    RelationalGroupedDataFrame.apply_in_pandas = apply_in_pandas
    return Session.builder.config("local_testing", True).create()


def run_main(session: Any, file: Path, folder: Path, names: list[str]) -> pa.Table:
    """Save the tables where the compiled file looks for them, run its `main`, read what it saved."""
    code: dict[str, Any] = {"__name__": "procedure"}
    exec(compile(file.read_text(), str(file), "exec"), code)
    for name in names:
        place = code["ref"](name, dbt_load_df_function=lambda place: place)
        save(session, place, pq.read_table(folder / f"{name}.parquet"))
    assert code["main"](session) == "OK"
    this = code["dbtObj"](session.table).this
    saved = session.table(f"{this.database}.{this.schema}.{this.identifier}")
    columns = {}
    for field, column in zip(saved.schema.fields, saved.to_arrow().columns, strict=True):
        is_list = type(field.datatype).__name__ == "ArrayType"
        columns[field.name.lower()] = pa.array([json.loads(text) for text in column.to_pylist()]) if is_list else column
    return pa.table(columns)


def save(session: Any, place: str, table: pa.Table) -> None:
    """Save a table in the session, in the types that Snowflake has."""
    from snowflake.snowpark import types

    def kind(arrow: pa.DataType) -> Any:
        if pa.types.is_integer(arrow) or (pa.types.is_decimal(arrow) and not arrow.scale):
            return types.LongType()
        if pa.types.is_floating(arrow) or pa.types.is_decimal(arrow):
            return types.DoubleType()
        if pa.types.is_timestamp(arrow):
            return types.TimestampType(types.TimestampTimeZone.NTZ)
        return {pa.bool_(): types.BooleanType(), pa.date32(): types.DateType()}.get(arrow, types.StringType())

    fields = [types.StructField(field.name.upper(), kind(field.type)) for field in table.schema]
    columns = [
        column.cast(pa.int64() if not column.type.scale else pa.float64())
        if pa.types.is_decimal(column.type)
        else column
        for column in table.columns
    ]
    rows = list(zip(*[column.to_pylist() for column in columns], strict=True))
    frame = session.create_dataframe(rows, schema=types.StructType(fields))
    frame.write.mode("overwrite").save_as_table(place)


if __name__ == "__main__":
    serve(sys.argv[1])
