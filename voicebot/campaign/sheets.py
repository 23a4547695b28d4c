"""Tables as people send them, CSV or XLSX, -> rows of text by column, each with its line."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from voicebot.errors import VoicebotError

SEPARATORS = ",;\t|，"
MOST_BYTES = 50 << 20
MOST_UNPACKED = 200 << 20
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its columns, and its rows, each with the line that it stands in. `encoding` of a CSV, else xlsx."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Any]], ...]
    encoding: str


def read_sheet(data: bytes, name: str) -> Sheet:
    """The table in a file's bytes. Raises VoicebotError when it is none, with what to do."""
    if len(data) > MOST_BYTES:
        raise VoicebotError(
            f"{name} has {len(data) >> 20} MB; split it into files of at most {MOST_BYTES >> 20} MB"
        )
    if data.startswith(b"PK\x03\x04"):
        return _sheet(_xlsx(data, name), name, "xlsx")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise VoicebotError(f"{name} is an old Excel file (.xls); save it as .xlsx or CSV")
    text, encoding = decode(data, name)
    return _sheet(_csv(text, name), name, encoding)


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The text of a file, and its encoding: UTF-8 with or without a mark, UTF-16 with one, else GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16"), "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", errors="replace"), "utf-8-sig"
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise VoicebotError(f"{name} is neither UTF-8 nor GB18030 text; save it as CSV in UTF-8, or as .xlsx")


def _csv(text: str, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    before = 0
    try:
        for row in reader:
            yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        raise VoicebotError(f"{name}:{reader.line_num}: this line cannot be read as CSV ({error})") from error


def _xlsx(data: bytes, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        _check_size(data, name)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except _NO_BOOK as error:
        raise VoicebotError(f"{name} cannot be read as .xlsx ({error}); open it and save it anew") from error
    try:
        yield from enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
    except _NO_BOOK as error:
        raise VoicebotError(f"{name} cannot be read as .xlsx ({error}); open it and save it anew") from error
    finally:
        book.close()


_NO_BOOK = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    OSError,
    RuntimeError,
    NotImplementedError,
)
"""What reading a file that is no workbook, or a made-up one, ends with."""


def _check_size(data: bytes, name: str) -> None:
    """An archive says how large it is when unpacked; of more than it says no byte is read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(one.file_size for one in archive.infolist())
    if unpacked > MOST_UNPACKED:
        raise VoicebotError(
            f"{name} has {unpacked >> 20} MB when unpacked; split it into files of at most {MOST_UNPACKED >> 20} MB"
        )


def _sheet(lines: Iterator[tuple[int, Sequence[Any]]], name: str, encoding: str) -> Sheet:
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for line, cells in lines:
        values = [_cell(cell) for cell in cells]
        if not any(value != "" for value in values):
            continue
        if not columns:
            columns = _columns(values, name, line)
            continue
        rows.append((line, dict(zip(columns, values, strict=False))))
        if len(rows) > MOST_ROWS:
            raise VoicebotError(f"{name} has more than {MOST_ROWS} rows; split it")
    if not columns:
        raise VoicebotError(f"{name} is empty: its first row must name the columns")
    return Sheet(tuple(column for column in columns if column), tuple(rows), encoding)


def _columns(values: Sequence[Any], name: str, line: int) -> tuple[str, ...]:
    columns = tuple(str(value).strip() for value in values)
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise VoicebotError(f"{name}:{line}: the column {twice[0]!r} is there twice")
    return columns


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
