"""The terminal of a command: lines for the person at it, progress, tables on stdout, its log and the signals that end it.

Tables are UTF-8, whatever the terminal's own encoding is. Results go to stdout, all else to stderr. No text of others steers the
terminal: control characters are shown as escapes there, and are what they are in a file.
"""

import argparse
import io
import logging
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from types import FrameType, SimpleNamespace
from typing import IO, Any, cast

from streams.steering_characters import printable

FORMATS = ("csv", "json", "xlsx", "parquet")
RAW = "CSV for programs: no byte order mark, and texts that a spreadsheet takes for formulas as they are"


def add_form(parser: argparse.ArgumentParser) -> None:
    """The options ``--format`` and ``--raw``."""
    forms = (
        "csv opens in Excel as it is: it has a byte order mark, and an apostrophe before texts like formulas; parquet "
        "needs callfloor[parquet]"
    )
    parser.add_argument("--format", choices=FORMATS, default="csv", help=f"{forms} (default %(default)s)")
    parser.add_argument("--raw", action="store_true", help=RAW)


def write_table(
    columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]], form: str, name: str, raw: bool = False
) -> None:
    """Rows in one of ``FORMATS``; ``columns``: name -> dtype; ``raw``: as ``RAW`` says. Raises CannotWrite."""
    from dashboard import tables

    if form in ("xlsx", "parquet"):
        if sys.stdout.isatty():
            raise tables.CannotWrite(f"{form} is no text: send it to a file, `... --format {form} > {name}.{form}`")
        with tempfile.TemporaryFile() as file:
            if form == "xlsx":
                tables.write_workbook(columns, rows, file, name)
            else:
                tables.write_parquet(columns, rows, file)
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    if form == "csv":
        tables.write_csv(columns, rows, results(), raw)
    else:
        tables.write_json(columns, rows, results())


def results() -> IO[str]:
    """Where results go, stdout: where that is a terminal, line by line without characters that steer it."""
    out = sys.stdout
    if not out.isatty():
        return out

    def write(text: str) -> int:
        return out.write(printable(text, lines=True))

    return cast(IO[str], SimpleNamespace(write=write, writelines=lambda lines: write("".join(lines))))


def say(text: str) -> None:
    """Lines for the person at the terminal; results go to stdout, these go to stderr."""
    print(printable(text, lines=True), file=sys.stderr, flush=True)


class Progress:
    """One line that is written over while work goes on; on no terminal, a line now and then."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._count = 0

    def show(self, text: str, every: int = 10) -> None:
        """Shows where the work stands."""
        self._count += 1
        if self._is_terminal:
            print(f"\r\033[K{printable(text)}", end="", file=sys.stderr, flush=True)
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
    handler = logging.StreamHandler()
    handler.setFormatter(_LogLines("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    for room in ("streams", "dashboard"):
        logging.getLogger(room).setLevel(logging.INFO)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


class _LogLines(logging.Formatter):
    """Without characters that steer a terminal: a message may have ids of other systems in it."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record), lines=True)
