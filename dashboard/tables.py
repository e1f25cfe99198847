"""The counted and judged tables of a floor as pandas DataFrames, and the files that commands write from them.

``FloorTables`` is for notebooks; columns, units and types are listed in docs/analysis.md. The writers turn rows into
DataFrames of at most ``CHUNK`` rows, so that a table may be longer than the memory. This module imports pandas, which takes
half a second: a command imports it where it writes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from time import time_ns
from types import SimpleNamespace
from typing import IO, Any

import pandas as pd

from dashboard.floor import sheet, totals
from dashboard.floor.judged_board import BoardJudge
from dashboard.floor.periods import moment_of
from dashboard.settings import Settings, load
from dashboard.site.formula_cells import defuse
from dashboard.site.load import Site, load_site
from dashboard.site.watch import as_counted
from streams.store.client import open_redis
from streams.store.identity import stored_identity
from streams.store.reader import Reader

CHUNK = 10_000
"""The most rows in memory while a table is written."""
EXCEL_ROWS = 1_048_576
BYTE_ORDER_MARK = "\ufeff"
SEPARATOR = "; "
"""Between several words in one cell."""
_INSTANT = "%Y-%m-%dT%H:%MZ"
_WORKBOOK = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Columns = Mapping[str, str]
"""Name -> the dtype of the column in a DataFrame; ``object`` for lists of words and for mixed cells."""
Row = Mapping[str, Any]


class CannotWrite(OSError):
    """The table does not go into this kind of file; the message says which one takes it."""


@dataclass(frozen=True)
class FloorTables:
    """The tables of one floor: each method reads the site file and Redis again and returns a DataFrame.

    All of them raise LookupError where nothing is counted yet, SiteError, and what Redis raises.
    """

    settings: Settings

    @classmethod
    def open(cls, **settings: str) -> "FloorTables":
        """The floor of these settings (``redis``, ``site``, ``topic`` ...), and of the environment for all others.

        A setting is named as in docs/operations.md, with underscores. Raises SettingError.
        """
        return cls(load(settings))

    def read_totals(
        self, by: totals.By, period: totals.Period, start: str | None = None, end: str | None = None
    ) -> pd.DataFrame:
        """What was counted in the periods that begin in [start, end): a day, a month or an instant. Raises BadBound."""
        with self._opened() as (reader, site):
            bounds = [totals.parse_bound(text, site.time) if text else None for text in (start, end)]
            rows = totals.totals(reader, site, by, period, *bounds)
            return pd.concat(chunks(totals.columns(by, period), rows), ignore_index=True)

    def read_judged(self, by: sheet.By, period: str, at: str | None = None) -> pd.DataFrame:
        """What the screens show of a ``day`` or ``month`` now, or ``at`` a moment that ``callfloor judge`` takes.

        Raises BadMoment.
        """
        with self._opened() as (reader, site):
            moment = moment_of(at, time_ns() // 1_000_000, site.time)
            board = BoardJudge(reader, site, site.time).judge(period, moment)
            return pd.concat(chunks(sheet.columns(by), sheet.shown_rows(board, by, site)), ignore_index=True)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Reader, Site]]:
        """The counters, and the site with the days that were counted."""
        settings = self.settings
        with open_redis(settings.redis) as client:
            identity = stored_identity(client, settings.topic)
            if identity is None:
                raise LookupError(f"nothing is counted yet of topic {settings.topic} in Redis at {settings.redis}")
            reader = Reader(client, settings.topic, identity.partitions)
            yield reader, as_counted(load_site(settings.site, settings.zone), reader.clock())


def chunks(columns: Columns, rows: Iterable[Row]) -> Iterator[pd.DataFrame]:
    """Rows -> DataFrames of at most ``CHUNK`` rows, at least one."""
    left = iter(rows)
    chunk = list(islice(left, CHUNK))
    while True:
        yield pd.DataFrame({name: pd.array([row[name] for row in chunk], dtype) for name, dtype in columns.items()})
        if not (chunk := list(islice(left, CHUNK))):
            return


def write_csv(columns: Columns, rows: Iterable[Row], out: IO[str], raw: bool = False) -> None:
    """Rows -> CSV with a header; no value is an empty cell, yes and no are ``true`` and ``false``.

    For a person's spreadsheet: a byte order mark, by which Excel knows UTF-8, and no text that it takes for a formula. ``raw``:
    without either, for programs.
    """
    out.write("" if raw else BYTE_ORDER_MARK)
    # The writer ends rows by \r\n: only so it puts a cell with a \r in quotes.
    lines = SimpleNamespace(write=lambda row: out.write(row.removesuffix("\r\n") + "\n"))
    for n, chunk in enumerate(chunks(columns, rows)):
        others = (name for name in chunk if chunk[name].dtype != "Int64")
        cells = {name: pd.Series([_text(cell, raw) for cell in _cells(chunk[name])], dtype=object) for name in others}
        chunk.assign(**cells).to_csv(lines, index=False, header=n == 0, lineterminator="\r\n")


def write_json(columns: Columns, rows: Iterable[Row], out: IO[str]) -> None:
    """Rows -> a JSON list of objects, one a line; no value is null, several words are a list."""
    between = "["
    for row in _rows(columns, rows):
        out.write(f"{between}\n{json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)}")
        between = ","
    out.write("[]\n" if between == "[" else "\n]\n")


def write_workbook(columns: Columns, rows: Iterable[Row], out: IO[bytes], name: str) -> None:
    """Rows -> an Excel workbook of one sheet: its header stays in sight, numbers are numbers, text is never a formula.

    It is written row by row, so that one row is in memory; ``DataFrame.to_excel`` goes by columns. Raises CannotWrite.
    """
    with pd.ExcelWriter(out, engine="xlsxwriter", engine_kwargs={"options": _WORKBOOK}) as writer:
        page = writer.book.add_worksheet(name[:31])
        page.freeze_panes(1, 2)
        page.write_row(0, 0, columns, writer.book.add_format({"bold": True}))
        for line, row in enumerate(_rows(columns, rows), 1):
            if line == EXCEL_ROWS:
                raise CannotWrite(
                    f"a sheet of Excel has {EXCEL_ROWS:,} rows at most: take csv or parquet, or fewer periods"
                )
            page.write_row(line, 0, [SEPARATOR.join(cell) if isinstance(cell, list) else cell for cell in row])


def write_parquet(columns: Columns, rows: Iterable[Row], out: IO[bytes]) -> None:
    """Rows -> a Parquet file with the dtypes of the DataFrame; a day or month is its first midnight. Raises CannotWrite."""
    try:
        from pyarrow import Schema, Table, field, list_, string
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise CannotWrite("Parquet needs pyarrow: `pip install 'callfloor[parquet]'` brings it") from None
    schema = Schema.from_pandas(_dated(next(chunks(columns, ()))), preserve_index=False)
    for at, name in enumerate(columns):
        schema = schema.set(at, field(name, list_(string()))) if columns[name] == "object" else schema
    with ParquetWriter(out, schema) as writer:
        for chunk in chunks(columns, rows):
            writer.write_table(Table.from_pandas(_dated(chunk), schema))


def _dated(chunk: pd.DataFrame) -> pd.DataFrame:
    """Periods are a type of pandas alone: others read them as timestamps."""
    periods = (name for name, dtype in chunk.dtypes.items() if isinstance(dtype, pd.PeriodDtype))
    return chunk.assign(**{name: chunk[name].dt.to_timestamp() for name in periods})


def _rows(columns: Columns, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    """The rows as Python values."""
    for chunk in chunks(columns, rows):
        yield from zip(*(_cells(chunk[name]) for name in chunk), strict=True)


def _cells(column: pd.Series) -> list[Any]:
    """A column as Python values: no value is None, a time is its label, a number of a sheet is whole where it is whole."""
    if isinstance(column.dtype, pd.PeriodDtype | pd.DatetimeTZDtype):
        return list(column.astype(str) if isinstance(column.dtype, pd.PeriodDtype) else column.dt.strftime(_INSTANT))
    cells: list[Any] = column.to_numpy(object, na_value=None).tolist()
    if column.dtype == "Float64" and column.name in sheet.JUDGED:
        return [int(cell) if cell is not None and cell.is_integer() else cell for cell in cells]
    return cells


def _text(cell: Any, raw: bool) -> Any:
    """A cell of CSV; a number stays one, also below 0."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = SEPARATOR.join(cell) if isinstance(cell, list) else cell
    return defuse(text) if isinstance(text, str) and not raw else text
