"""Results as a table for spreadsheets: CSV that Excel opens as UTF-8, or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

FIXED = (
    "line",
    "phone",
    "contact_state",
    "outcome",
    "converted",
    "survey",
    "skipped",
    "unanswered",
    "not_reached",
    "satisfaction",
    "asked",
    "answered",
    "ended",
    "callback",
    "call",
    "because",
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is taken for a formula by spreadsheets."""

Rows = Sequence[Mapping[str, Any]]


def columns_of(rows: Rows) -> list[str]:
    """The fixed columns, then a column for each fact and each question."""
    facts = {f"contact.{name}" for row in rows for name in row["facts"]}
    questions = {f"answer.{name}" for row in rows for name in row["answers"]}
    return [*FIXED, *sorted(facts), *sorted(questions)]


def cells(row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    """A row's cells as text; nothing in them is taken for a formula."""
    return [safe(_value(row, column)) for column in columns]


def _value(row: Mapping[str, Any], column: str) -> Any:
    group, _, name = column.partition(".")
    if name:
        return row["facts" if group == "contact" else "answers"].get(name, "")
    return row.get(column)


def safe(value: Any) -> str:
    """Text that a spreadsheet shows and does not compute: a phone number keeps its plus, behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def to_csv(rows: Rows) -> bytes:
    """UTF-8 with a mark, as Excel wants it."""
    columns, out = columns_of(rows), io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(cells(row, columns) for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def to_xlsx(rows: Rows, summary: Mapping[str, Any]) -> bytes:
    """A workbook: the results, and a sheet with the funnel and the answers by question."""
    columns, book, out = columns_of(rows), Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("results")
    sheet.append(columns)
    for row in rows:
        sheet.append(cells(row, columns))
    told = book.create_sheet("summary")
    for stage, count in summary.get("funnel", {}).items():
        told.append([stage, count])
    for name, value in summary.get("satisfaction", {}).items():
        told.append([f"satisfaction: {name}", value])
    for question, count in summary.get("unanswered", {}).items():
        told.append([safe(f"not answered: {question}"), count])
    for question, answers in summary.get("answers", {}).items():
        told.append([])
        told.append([safe(question)])
        for answer, count in answers.items():
            told.append([safe(answer), count])
    book.save(out)
    return out.getvalue()
