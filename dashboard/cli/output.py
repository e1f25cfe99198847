"""Tables on stdout, in the form that was asked for. Always UTF-8, whatever the terminal's own encoding is."""

import argparse
import io
import sys
from collections.abc import Iterable, Sequence

from dashboard.floor import writers as tables

RAW = "CSV for programs: no byte order mark, and texts that a spreadsheet takes for formulas as they are"


class NoPlace(OSError):
    """An Excel workbook was to be written to a terminal."""


def add_form(parser: argparse.ArgumentParser) -> None:
    """The options ``--format`` and ``--raw``."""
    forms = "csv opens in Excel as it is: it has a byte order mark, and an apostrophe before texts like formulas"
    parser.add_argument("--format", choices=tables.FORMATS, default="csv", help=f"{forms} (default %(default)s)")
    parser.add_argument("--raw", action="store_true", help=RAW)


def write_table(columns: Sequence[str], rows: Iterable[tables.Row], form: str, name: str, raw: bool = False) -> None:
    """Rows in one of ``tables.FORMATS``; ``raw``: as ``RAW`` says. Raises NoPlace."""
    if form == "xlsx":
        if sys.stdout.isatty():
            raise NoPlace(f"a workbook is no text: send it to a file, `... --format xlsx > {name}.xlsx`")
        sys.stdout.buffer.write(tables.workbook(columns, rows, name))
        sys.stdout.buffer.flush()
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    if form == "csv":
        tables.write_csv(columns, rows, sys.stdout, raw)
    else:
        tables.write_json(columns, rows, sys.stdout)
