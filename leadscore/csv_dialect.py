"""How a CSV file is written (encoding, line ends, delimiter, header), found in one bounded pass over its bytes.

DuckDB's reader is strict and fast, but takes one kind of line end and UTF-8 only, and drops every row without a word
when told the wrong kind. So each file is looked at first; one that mixes line ends or is not UTF-8 is read from a copy.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

CHUNK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Dialect:
    """What DuckDB's reader has to be told about one file."""

    path: Path
    """The file to read: the one given, or a UTF-8 copy of it."""
    delimiter: str
    newline: str
    header: tuple[str, ...]
    """The names of the columns as written; empty if the file has no text."""
    has_rows: bool
    """Something follows the header."""
    is_clean: bool
    """Every byte was as the encoding has it; otherwise the others were read as Windows Latin (cp1252)."""


def examine(path: Path, recognised: Callable[[Sequence[str]], int], workspace: Path) -> Dialect:
    """The dialect of a file, plain or gzipped.

    recognised(names) counts the names a table knows; the delimiter with the highest count wins. workspace is an
    existing folder for the copy, where one is needed.
    """
    survey = _survey(path)
    newlines = survey.newlines
    if survey.encoding != "utf-8" or not survey.is_clean or len(newlines) > 1 or survey.starts_blank:
        path = _utf8_copy(path, survey.encoding, workspace / f"{path.name}.csv")
        newlines = {"\n"}
    with _open(path) as stream:
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(stream.read(CHUNK))
    found = {delimiter: _header(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda each: (recognised(found[each][0]), len(found[each][0])))
    header, has_rows = found[delimiter]
    return Dialect(path, delimiter, next(iter(newlines), "\n"), tuple(header), has_rows, survey.is_clean)


def line_numbers(dialect: Dialect, offsets: Sequence[int]) -> list[int]:
    """The line, counted from 1 as an editor does, of each byte offset (from 1, ascending) in the uncompressed file."""
    newline = b"\r" if dialect.newline == "\r" else b"\n"
    lines: list[int] = []
    position, line, chunk = 0, 1, b""
    with _open(dialect.path) as stream:
        for offset in offsets:
            while position < offset and (chunk := stream.read(min(CHUNK, offset - position))):
                position += len(chunk)
                line += chunk.count(newline)
            # The reader counts the empty lines before a row, and the second half of a line end, as its beginning.
            while position >= offset and chunk[-1:] in (b"\r", b"\n") and (chunk := stream.read(1)):
                position += 1
                line += chunk.count(newline)
            lines.append(line)
    return lines


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb"))


def _chunks(path: Path) -> Iterator[bytes]:
    with _open(path) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


@dataclass(frozen=True)
class _Survey:
    encoding: str
    is_clean: bool
    """Every byte is as the encoding has it."""
    newlines: set[str]
    """The kinds of line end that occur anywhere, also inside quotes."""
    starts_blank: bool


def _survey(path: Path) -> _Survey:
    head = next(_chunks(path), b"")[:4]
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8"
    decoder = codecs.getincrementaldecoder(encoding)()
    newlines: set[str] = set()
    held, is_clean = b"", True
    for chunk in chain(_chunks(path), [b""]):
        if is_clean:
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                is_clean = False
        # A carriage return at the end of a chunk may be half of a line end.
        block = held + chunk
        held = b"\r" if chunk and block.endswith(b"\r") else b""
        newlines |= _newlines(block[: len(block) - len(held)])
    return _Survey(encoding, is_clean, newlines, head.removeprefix(codecs.BOM_UTF8)[:1] in (b"\r", b"\n"))


def _newlines(block: bytes) -> set[str]:
    pairs = block.count(b"\r\n")
    counts = {"\r\n": pairs, "\n": block.count(b"\n") - pairs, "\r": block.count(b"\r") - pairs}
    return {kind for kind, count in counts.items() if count}


def _utf8_copy(path: Path, encoding: str, copy: Path) -> Path:
    """A copy in UTF-8 whose records end in line feeds; line ends inside quotes stay as they are."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)(errors="windows-latin")
    with copy.open("w", encoding="utf-8", newline="") as out:
        out.writelines(_line_feeds(decoder.decode(chunk, final=not chunk) for chunk in chain(_chunks(path), [b""])))
    return copy


def _line_feeds(text: Iterator[str]) -> Iterator[str]:
    """The text with line feeds as its only line ends outside quotes, and none before its first record."""
    quoted, started, held = False, False, ""
    for chunk in text:
        block = held + chunk
        held = block[-1:] if block.endswith("\r") else ""
        parts = block[: len(block) - len(held)].split('"')
        for place in range(1 if quoted else 0, len(parts), 2):
            parts[place] = parts[place].replace("\r\n", "\n").replace("\r", "\n")
        quoted ^= len(parts) % 2 == 0
        block = '"'.join(parts)
        block = block if started else block.lstrip("\n")
        started = started or bool(block)
        yield block
    yield "\n" if held and not quoted else held


def _windows_latin(error: UnicodeError) -> tuple[str, int]:
    """The characters that stray bytes mean on Windows; the five it leaves undefined are read as ISO Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return "".join(_WINDOWS_LATIN[byte] for byte in stray), error.end


_WINDOWS_LATIN = [bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)]
codecs.register_error("windows-latin", _windows_latin)


def _header(text: str, delimiter: str) -> tuple[list[str], bool]:
    """The fields of the first record that has any, none if a quote in it is never closed; and whether more follow."""
    records = filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header: list[str] = []
    try:
        header = next(records, [])
        return header, any(records)
    except csv.Error:  # a value longer than this reader takes
        return header, bool(header)
