"""A folder of exports, `<source>/<table>.csv` or `.parquet`, into the raw schemas, in one transaction.

Nothing is lost on the way without a word. A value that does not fit its column's type keeps the whole column text, a
row of the wrong length is left out and named by its line, and what is not recognised is listed. Empty cells are null.
"""

from __future__ import annotations

import glob
import re
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from tqdm import tqdm

from leadscore import conform, csv_dialect, raw_schema
from leadscore.conform import key
from leadscore.database import open_database
from leadscore.errors import LeadscoreError

SUFFIXES = (".csv", ".csv.gz", ".parquet")
EXAMPLES = 5


@dataclass(frozen=True)
class LeftOutRow:
    """A row that could not be read into the columns of its file."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class TextColumn:
    """A column that stayed text because some of its values do not fit the declared type."""

    column: str
    type: str
    count: int
    example: str


@dataclass(frozen=True)
class TableReport:
    """What became of one table's files."""

    table: str
    rows: int
    recognised: tuple[str, ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    kept_as_text: tuple[TextColumn, ...]
    left_out_count: int
    left_out: tuple[LeftOutRow, ...]
    """The first few of them."""
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """What was and was not recognised in a folder of exports."""

    tables: tuple[TableReport, ...]
    skipped: Mapping[str, str]
    """Path inside the folder -> why it was not loaded."""
    replaced_a_world: bool = False
    """Whether a simulated world stood there and had to go."""

    @property
    def rows(self) -> dict[str, int]:
        """Rows per table."""
        return {report.table: report.rows for report in self.tables}

    def __str__(self) -> str:
        lines = [f"{'table':<52} {'rows':>12} {'left out':>9}  known columns"]
        for report in self.tables:
            known = f"{len(report.recognised)} of {len(report.recognised) + len(report.absent)}"
            lines.append(f"{report.table:<52} {report.rows:>12,} {report.left_out_count:>9,}  {known:>13}")
        return "\n".join([*lines, *(f"- {remark}" for remark in self.remarks())])

    def remarks(self) -> Iterator[str]:
        """One sentence for each thing that a person should know."""
        for report in self.tables:
            for column in report.kept_as_text:
                yield (
                    f"{report.table}: {column.column} stays text, because {_counted(column.count, 'value')} cannot be "
                    f"read as {column.type}, such as {_shortened(column.example)}."
                )
            if report.left_out_count:
                places = ", ".join(f"{row.file} line {row.line} ({row.reason})" for row in report.left_out)
                more = "" if report.left_out_count == len(report.left_out) else ", and more"
                yield f"{report.table}: {_counted(report.left_out_count, 'row')} left out: {places}{more}."
            if report.unknown:
                yield f"{report.table}: unknown columns, kept as text and not used: {_listed(report.unknown)}."
            if report.absent:
                yield f"{report.table}: columns not in the files: {_listed(report.absent, most=4)}."
            yield from (f"{report.table}: {note}." for note in report.notes)
        yield from (f"{path} was not loaded: {reason}." for path, reason in self.skipped.items())
        if self.replaced_a_world:
            yield "The simulated world that stood there is gone: simulated and real rows must not mix."


@dataclass(frozen=True)
class _File:
    """One export file as a relation of DuckDB."""

    name: str
    relation: str
    columns: Mapping[str, str]
    """Name in the raw schema -> name in the relation."""
    types: Mapping[str, str]
    """Name in the raw schema -> type in the relation."""
    dialect: csv_dialect.Dialect | None
    notes: tuple[str, ...]

    def read_as(self, column: str, type_: str) -> str:
        """SQL that reads one of the columns as a type."""
        return conform.read_as(_quoted(self.columns[column]), self.types[column], type_)


def load(directory: Path, database: Path, progress: bool = True) -> Summary:
    """Replace the raw tables that a folder brings; other tables stay.

    The folder holds `<source>/<table>.csv`, `.csv.gz` or `.parquet`, or `<source>/<table>/` with part files; names may
    be written in any case, with spaces, as `CamelCase` or as `snake_case`. A process that dies half way leaves the
    former content. A simulated world gives way as a whole. Raises LeadscoreError if nothing is recognised, a file cannot
    be read or the database not opened.
    """
    exports, skipped = discover(directory)
    reports: list[TableReport] = []
    with open_database(database) as connection:
        connection.execute("begin")
        replaced_a_world = _drop_simulated_world(connection)
        sizes = {table: sum(path.stat().st_size for path in paths) for table, paths in exports.items()}
        with tqdm(total=sum(sizes.values()), unit="B", unit_scale=True, disable=None if progress else True) as bar:
            for table, paths in exports.items():
                bar.set_description(".".join(table))
                try:
                    found = _load_table(connection, table, paths, directory)
                except (duckdb.Error, OSError, EOFError, zlib.error) as error:
                    name = " and ".join(str(path.relative_to(directory)) for path in paths[:2])
                    raise LeadscoreError(
                        f"{name} cannot be loaded, and nothing else was: {str(error).splitlines()[0]}"
                    ) from error
                if isinstance(found, TableReport):
                    reports.append(found)
                else:
                    skipped |= {str(path.relative_to(directory)): found for path in paths}
                bar.update(sizes[table])
        if not reports:
            raise LeadscoreError(_nothing_recognised(directory, skipped))
        connection.execute("commit")
    return Summary(tuple(reports), skipped, replaced_a_world)


def _drop_simulated_world(connection: duckdb.DuckDBPyConnection) -> bool:
    """Drop the raw schemas if they were simulated, which the truth beside them tells."""
    (catalog,) = _row(connection, "select current_database()")
    found = connection.execute(
        "select 1 from duckdb_tables() where database_name = ? and schema_name = 'truth'", [catalog]
    ).fetchall()
    for schema in (*raw_schema.SOURCES, "truth") if found else ():
        connection.execute(f"drop schema if exists {_quoted(catalog)}.{schema} cascade")
    return bool(found)


def discover(directory: Path) -> tuple[dict[tuple[str, str], list[Path]], dict[str, str]]:
    """The files of every raw table, in order of their names, and why the other paths are not used.

    Raises LeadscoreError if the folder is missing, holds no table at all, or brings a table twice.
    """
    if not directory.is_dir():
        raise LeadscoreError(f"There is no folder {directory}: name the folder that holds the exports.")
    sources = {key(source): source for source in raw_schema.SOURCES}
    tables = {(source, key(table)): table for source, table in raw_schema.tables()}
    exports: dict[tuple[str, str], list[Path]] = {}
    skipped: dict[str, str] = {}
    for folder in _visible(directory):
        source = sources.get(key(folder.name))
        if source is None or not folder.is_dir():
            skipped[folder.name] = f"only the folders {', '.join(raw_schema.SOURCES)} are read"
            continue
        for entry in _visible(folder):
            place = str(entry.relative_to(directory))
            paths = [path for path in (_visible(entry) if entry.is_dir() else [entry]) if _stem(path) is not None]
            table = tables.get((source, key(entry.name if entry.is_dir() else _stem(entry) or "")))
            if not paths:
                skipped[place] = f"only {', '.join(SUFFIXES)} files are read"
            elif table is None:
                skipped[place] = f"{source} has no table of this name here"
            elif (source, table) in exports:
                raise LeadscoreError(
                    f"{place} and {exports[source, table][0].relative_to(directory)} are both {source}.{table}: "
                    f"keep one, or put both into the folder {source}/{table}."
                )
            else:
                exports[source, table] = paths
    if not exports:
        raise LeadscoreError(_nothing_recognised(directory, skipped))
    return exports, skipped


def _load_table(
    connection: duckdb.DuckDBPyConnection, table: tuple[str, str], paths: Sequence[Path], directory: Path
) -> TableReport | str:
    """Replace one table by the content of its files, or say why not."""
    declared = raw_schema.tables()[table]
    # With the catalog's name, because a file such as salesforce.duckdb has the name of a schema.
    (catalog,) = _row(connection, "select current_database()")
    schema = f"{_quoted(catalog)}.{_quoted(table[0])}"
    target = f"{schema}.{_quoted(table[1])}"
    with tempfile.TemporaryDirectory(prefix="leadscore-") as workspace:
        files = [
            _open_file(connection, path, str(path.relative_to(directory)), declared, Path(workspace)) for path in paths
        ]
        present = list(dict.fromkeys(column for file in files for column in file.columns))
        recognised = tuple(column for column in declared if column in present)
        if not present:
            return "it is empty and has not even a header"
        if not recognised:
            return f"none of its columns is one of {'.'.join(table)}, such as {_listed(tuple(declared))}"
        unknown = tuple(column for column in present if column not in declared)
        misfits = _misfits(connection, files, {column: declared[column] for column in recognised})
        types = {column: "VARCHAR" if column in misfits else declared[column] for column in recognised}
        types |= dict.fromkeys(unknown, "VARCHAR")
        columns = ", ".join(f"{_quoted(column)} {type_}" for column, type_ in types.items())
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create or replace table {target} ({columns})")
        rows, left_out_count, left_out = 0, 0, list[LeftOutRow]()
        for file in files:
            if not file.columns:
                continue
            chosen = ", ".join(f"{file.read_as(column, types[column])} as {_quoted(column)}" for column in file.columns)
            (inserted,) = _row(connection, f"insert into {target} by name select {chosen} from {file.relation}")
            bad_count, bad = _left_out(connection, file)
            if file.dialect and file.dialect.has_rows and not inserted + bad_count:
                raise LeadscoreError(f"{file.name} has rows, but none could be read: save it again as plain CSV.")
            rows, left_out_count, left_out = rows + inserted, left_out_count + bad_count, left_out + bad
    return TableReport(
        table=".".join(table),
        rows=rows,
        recognised=recognised,
        unknown=unknown,
        absent=tuple(column for column in declared if column not in present),
        kept_as_text=tuple(misfits.values()),
        left_out_count=left_out_count,
        left_out=tuple(left_out[:EXAMPLES]),
        notes=tuple(f"{file.name} {note}" for file in files for note in file.notes),
    )


def _open_file(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, declared: Mapping[str, str], workspace: Path
) -> _File:
    """A file as a relation, with its headers matched to the declared columns."""
    if path.suffix.lower() == ".parquet":
        dialect, relation = None, f"read_parquet({_literal(glob.escape(str(path)))})"
        described = connection.execute(f"describe select * from {relation}").fetchall()
        headers, types = [row[0] for row in described], [row[1] for row in described]
    else:
        known = {key(column) for column in declared}
        dialect = csv_dialect.examine(path, lambda names: sum(key(each) in known for each in names), workspace)
        headers, types = list(dialect.header), ["VARCHAR"] * len(dialect.header)
    wanted = conform.column_names(headers, declared)
    names = conform.numbered(wanted, headers, declared)
    notes = [
        f"has more than one column {name}: {_shortened(header)} is kept as {given}"
        for header, name, given in zip(headers, wanted, names, strict=True)
        if name != given
    ]
    if dialect is not None:
        relation, headers = _csv_relation(dialect, names), names
        if not dialect.is_clean:
            notes.append("is not all UTF-8: the other bytes were read as Windows Latin (cp1252)")
        if not dialect.header:
            notes.append("is empty and has not even a header")
    columns, physical = dict(zip(names, headers, strict=True)), dict(zip(names, types, strict=True))
    return _File(name, relation, columns, physical, dialect, tuple(notes))


def _csv_relation(dialect: csv_dialect.Dialect, names: Sequence[str]) -> str:
    """The file's cells as text under the given names, in place of the header's, which may repeat or be empty.

    Rows that cannot be read go to DuckDB's temporary table reject_errors.
    """
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in names)
    newline = dialect.newline.replace("\r", r"\r").replace("\n", r"\n")
    compression = "gzip" if dialect.path.suffix.lower() == ".gz" else "none"
    return (
        f"read_csv({_literal(glob.escape(str(dialect.path)))}, auto_detect = false, header = true, "
        f"columns = {{{columns}}}, delim = {_literal(dialect.delimiter)}, quote = '\"', escape = '\"', "
        f"new_line = '{newline}', compression = '{compression}', store_rejects = true)"
    )


def _misfits(
    connection: duckdb.DuckDBPyConnection, files: Sequence[_File], types: Mapping[str, str]
) -> dict[str, TextColumn]:
    """The columns of which some values cannot be read as their type."""
    counts, examples = Counter[str](), dict[str, str]()
    for file in files:
        queries = {
            column: f"count(*) filter ({misfit}), min(cast({reference} as VARCHAR)) filter ({misfit})"
            for column, name in file.columns.items()
            if column in types
            and (misfit := conform.misfit(reference := _quoted(name), file.types[column], types[column]))
        }
        if queries:
            values = _row(connection, f"select {', '.join(queries.values())} from {file.relation}")
            _left_out(connection, file)  # the rows that are left out are counted when the table is written
            for column, number, example in zip(queries, values[::2], values[1::2], strict=True):
                if number:
                    counts[column] += number
                    examples.setdefault(column, example)
    return {column: TextColumn(column, types[column], number, examples[column]) for column, number in counts.items()}


def _left_out(connection: duckdb.DuckDBPyConnection, file: _File) -> tuple[int, list[LeftOutRow]]:
    """How many rows the last read of a file rejected, and the first few; empties DuckDB's list of them."""
    if file.dialect is None:
        return 0, []
    (number,) = _row(connection, "select count(distinct line_byte_position) from reject_errors")
    first = connection.execute(
        "select line_byte_position, min(error_type), min_by(error_message, error_type) from reject_errors "
        f"group by 1 order by 1 limit {EXAMPLES}"
    ).fetchall()
    connection.execute("delete from reject_errors")
    lines = csv_dialect.line_numbers(file.dialect, [row[0] for row in first])
    return number, [
        LeftOutRow(file.name, line, _reason(row[1], row[2])) for line, row in zip(lines, first, strict=True)
    ]


def _reason(error_type: str, message: str) -> str:
    match error_type:
        case "MISSING COLUMNS" | "TOO MANY COLUMNS":
            expected, found = re.findall(r"\d+", message)[:2]
            return f"{_counted(int(found), 'value')} for {_counted(int(expected), 'column')}"
        case "UNQUOTED VALUE":
            return "a quote that is not closed or not doubled"
        case "LINE SIZE OVER MAXIMUM":
            return "longer than 2 MB"
    return error_type.lower()


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The one row of a query's result."""
    (row,) = connection.execute(query).fetchall()
    return tuple(row)


def _nothing_recognised(directory: Path, skipped: Mapping[str, str]) -> str:
    found = f"; found {_listed(tuple(f'{path} ({reason})' for path, reason in skipped.items()))}" if skipped else ""
    return (
        f"Nothing in {directory} is an export that can be loaded: it should hold files such as salesforce/lead.csv or "
        f"marketo/activity_visit_webpage.parquet{found}."
    )


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _stem(path: Path) -> str | None:
    """The name of an export file without its suffix; None for other paths."""
    suffix = next((each for each in SUFFIXES if path.name.lower().endswith(each)), None)
    return path.name[: -len(suffix)] if suffix and path.is_file() else None


def _quoted(identifier: str) -> str:
    doubled = identifier.replace('"', '""')
    return f'"{doubled}"'


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _shortened(text: str, length: int = 40) -> str:
    return repr(text if len(text) <= length else text[:length] + "…")


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
