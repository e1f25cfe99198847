"""The adapter of the Technion "Anonymous Bank" call log (1999): a line of a month's file -> a ``call.ended``, or a reason. Pure.

Data collected and organised by Ilan Guedj and Avi Mandelbaum, Technion. Seventeen columns separated by tabs, times
``H:MM:SS`` on the wall clock of Asia/Jerusalem, the date ``yymmdd`` is that of the entry. What becomes what:

- ``AGENT``: handled, ended at ``ser_exit``; server ``NO_SERVER``: unattributed. Without service time (start, exit and
  duration all zero) the end is not known: refused as ``no_service_time``.
- ``HANG``: abandoned at ``q_exit``, or at ``vru_exit`` where the caller never reached the queue; without an agent, even
  where the row names one.
- ``PHANTOM``: skipped; the documentation says to ignore it.
- An end more than 12 h before the entry lies on the next day. A smaller gap is clock skew and stays.
- ``call_id`` repeats across lines, and across months: the id is made of the date, ``vru+line`` and ``call_id``.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from streams.site_time import SiteTime, rfc3339
from streams.sources.record import Adapted, Fact, RefusedRecord, SkippedRecord

COLUMNS = (
    "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit", "vru_time", "q_start",
    "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time", "server",
)  # fmt: skip
FIRST_LINE = "\t".join(COLUMNS)
SOURCE = "/anonymous-bank"
ZONE = "Asia/Jerusalem"
NO_SERVER = "NO_SERVER"
_BANK_TIME = SiteTime(ZONE)
_HALF_DAY_S = 12 * 3600
_DAY_S = 86_400
_NEVER = "0:00:00"
_TIME = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)", re.ASCII)


def adapt(row: Mapping[str, str]) -> Adapted:
    """One row by column name -> the call, or skipped (``phantom``), or refused (``no_service_time``, ``bad_row``)."""
    outcome = row["outcome"]
    if outcome == "PHANTOM":
        return SkippedRecord("phantom")
    if outcome == "AGENT" and (row["ser_start"], row["ser_exit"], row["ser_time"]) == (_NEVER, _NEVER, "0"):
        return RefusedRecord("no_service_time")
    if outcome not in ("AGENT", "HANG"):
        return RefusedRecord("bad_row")
    try:
        return [_call(row)]
    except ValueError:
        return RefusedRecord("bad_row")


def rows(text: str) -> Iterator[Mapping[str, str] | RefusedRecord]:
    """A month's file -> its rows by column name; a line with another number of columns is refused as ``bad_row``.

    Raises ValueError where the first line does not name the columns.
    """
    lines = iter(text.replace("\r\n", "\n").removesuffix("\n").split("\n"))
    if next(lines, "") != FIRST_LINE:
        raise ValueError(f"the first line must be the columns {' '.join(COLUMNS)}, separated by tabs")
    for line in lines:
        cells = line.split("\t")
        yield dict(zip(COLUMNS, cells, strict=True)) if len(cells) == len(COLUMNS) else RefusedRecord("bad_row")


def _call(row: Mapping[str, str]) -> Fact:
    handled = row["outcome"] == "AGENT"
    agent = _text(row["server"]) if handled else NO_SERVER
    ended_ms = _ended_ms(row, row["ser_exit"] if handled else _hang_up_time(row))
    call_id = f"bank-{row['date']}-{row['vru+line']}-{row['call_id']}"
    data = {
        "call_id": call_id,
        "version": 1,
        "agent": None if agent == NO_SERVER else agent,
        "direction": "inbound",
        "queue": _text(row["type"]),
        "started_at": rfc3339(_instant_ms(row["date"], 0, _seconds(row["vru_entry"]))),
        "ended_at": rfc3339(ended_ms),
        "outcome": "handled" if handled else "abandoned",
        "wait_s": _duration_s(row["q_time"]),
        **({"talk_s": _duration_s(row["ser_time"])} if handled else {}),
    }
    return Fact("call.ended", call_id, SOURCE, ended_ms, data)


def _hang_up_time(row: Mapping[str, str]) -> str:
    """When a caller hung up: at the exit of the queue, or of the voice response unit without a queue."""
    queued = (row["q_start"], row["q_exit"]) != (_NEVER, _NEVER)
    return row["q_exit"] if queued else row["vru_exit"]


def _ended_ms(row: Mapping[str, str], wall: str) -> int:
    end_s, entry_s = _seconds(wall), _seconds(row["vru_entry"])
    next_day = 1 if entry_s - end_s > _HALF_DAY_S else 0
    return _instant_ms(row["date"], next_day, end_s)


def _seconds(wall: str) -> int:
    match = _TIME.fullmatch(wall)
    if match is None or int(match.group(1)) > 23:
        raise ValueError(f"not a time H:MM:SS: {wall!r}")
    hours, minutes, seconds = map(int, match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _duration_s(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > _DAY_S:
        raise ValueError(f"not a duration in seconds: {text!r}")
    return int(text)


def _text(text: str) -> str:
    if not text:
        raise ValueError("empty")
    return text


def _instant_ms(date: str, days: int, second: int) -> int:
    """A wall time of the bank -> ms since 1970."""
    day = datetime.strptime(date, "%y%m%d") + timedelta(days=days)
    return _BANK_TIME.instant(day + timedelta(seconds=second))
