"""The terminal of a command: lines for the person at it, progress, tables on stdout, its log and the signals that end it.

Tables are UTF-8, whatever the terminal's own encoding is. Results go to stdout, all else to stderr.
"""

import argparse
import io
import logging
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from types import FrameType

from dashboard.floor import writers as tables

RAW = "CSV for programs: no byte order mark, and texts that a spreadsheet takes for formulas as they are"


class TerminalRefused(OSError):
    """An Excel workbook was to be written to a terminal."""


def add_form(parser: argparse.ArgumentParser) -> None:
    """The options ``--format`` and ``--raw``."""
    forms = "csv opens in Excel as it is: it has a byte order mark, and an apostrophe before texts like formulas"
    parser.add_argument("--format", choices=tables.FORMATS, default="csv", help=f"{forms} (default %(default)s)")
    parser.add_argument("--raw", action="store_true", help=RAW)


def write_table(columns: Sequence[str], rows: Iterable[tables.Row], form: str, name: str, raw: bool = False) -> None:
    """Rows in one of ``tables.FORMATS``; ``raw``: as ``RAW`` says. Raises TerminalRefused."""
    if form == "xlsx":
        if sys.stdout.isatty():
            raise TerminalRefused(f"a workbook is no text: send it to a file, `... --format xlsx > {name}.xlsx`")
        sys.stdout.buffer.write(tables.workbook(columns, rows, name))
        sys.stdout.buffer.flush()
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    if form == "csv":
        tables.write_csv(columns, rows, sys.stdout, raw)
    else:
        tables.write_json(columns, rows, sys.stdout)


def say(text: str) -> None:
    """A line for the person at the terminal; results go to stdout, this goes to stderr."""
    print(text, file=sys.stderr, flush=True)


class Progress:
    """One line that is written over while work goes on; on no terminal, a line now and then."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._count = 0

    def show(self, text: str, every: int = 10) -> None:
        """Shows where the work stands."""
        self._count += 1
        if self._is_terminal:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
        elif self._count % every == 1:
            say(text)

    def done(self, text: str) -> None:
        """Ends with a line that stays."""
        print("\r\033[K" if self._is_terminal else "", end="", file=sys.stderr)
        say(text)


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C, SIGTERM and a closed terminal set, so that work ends in its own time."""
    stop = threading.Event()

    def set_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGHUP: the terminal was closed
        signal.signal(number, set_stop)
    return stop


def log_to_terminal() -> None:
    """Log lines on stderr, the libraries' only from warnings on; of an outage our own lines tell, not each retry of kafka's."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    for room in ("streams", "dashboard"):
        logging.getLogger(room).setLevel(logging.INFO)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
