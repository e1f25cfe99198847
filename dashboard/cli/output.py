"""Tables on stdout, in the form that was asked for."""

import sys
from collections.abc import Iterable, Sequence

from dashboard.past import tables


class NoPlace(OSError):
    """An Excel workbook was to be written to a terminal."""


def write_table(columns: Sequence[str], rows: Iterable[tables.Row], form: str, name: str) -> None:
    """Rows in one of ``tables.FORMATS``. Raises NoPlace."""
    if form == "xlsx":
        if sys.stdout.isatty():
            raise NoPlace(f"a workbook is no text: send it to a file, `... --format xlsx > {name}.xlsx`")
        sys.stdout.buffer.write(tables.workbook(columns, rows, name))
        sys.stdout.buffer.flush()
        return
    write = tables.write_csv if form == "csv" else tables.write_json
    write(columns, rows, sys.stdout)
