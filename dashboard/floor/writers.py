"""Rows of plain values -> CSV, JSON or an Excel workbook."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any, NamedTuple

import xlsxwriter

from dashboard.site.formula_cells import defuse

FORMATS = ("csv", "json", "xlsx")
MARK = "\ufeff"
"""The byte order mark."""
BETWEEN = "; "
"""Between several words in one cell."""
Row = Mapping[str, Any]


def write_csv(columns: Sequence[str], rows: Iterable[Row], out: IO[str], raw: bool = False) -> None:
    """Rows -> CSV with a header; no value is an empty cell, yes and no are ``true`` and ``false``.

    For a person's spreadsheet: a byte order mark, by which Excel knows UTF-8, and no text that it takes for a formula. ``raw``:
    without either, for programs.
    """
    if not raw:
        out.write(MARK)
    cell: Callable[[Any], Any] = _text if raw else _safe
    writer = csv.writer(_Lines(out), lineterminator="\r\n")
    writer.writerow(map(cell, columns))
    writer.writerows([cell(row[column]) for column in columns] for row in rows)


class _Lines(NamedTuple):
    """Ends rows by ``\\n``. The writer ends them by ``\\r\\n``: only so it puts a cell with a ``\\r`` in quotes."""

    out: IO[str]

    def write(self, row: str) -> None:
        self.out.write(row.removesuffix("\r\n") + "\n")


def write_json(columns: Sequence[str], rows: Iterable[Row], out: IO[str]) -> None:
    """Rows -> a JSON list of objects, one a line; no value is null, several words are a list."""
    between = "["
    for row in rows:
        out.write(f"{between}\n{json.dumps({column: row[column] for column in columns}, ensure_ascii=False)}")
        between = ","
    out.write("[]\n" if between == "[" else "\n]\n")


def workbook(columns: Sequence[str], rows: Iterable[Row], name: str) -> bytes:
    """Rows -> an Excel workbook of one sheet: its header stays in sight, numbers are numbers, text is never a formula."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"constant_memory": True})
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 2)
    head = book.add_format({"bold": True})
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column, head)
    for line, row in enumerate(rows, 1):
        for at, column in enumerate(columns):
            _write(sheet, line, at, row[column])
    book.close()
    return raw.getvalue()


def _write(sheet: Any, line: int, at: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, at, value)
    elif value is not None:
        sheet.write_string(line, at, _text(value))


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return BETWEEN.join(value) if isinstance(value, list) else value


def _safe(value: Any) -> Any:
    """A number stays one, also below 0."""
    text = _text(value)
    return defuse(text) if isinstance(text, str) else text
