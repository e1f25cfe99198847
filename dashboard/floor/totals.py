"""What was counted, as rows to read, compare and load elsewhere: the counters of Redis by line and period.

Nothing is judged here and nothing is computed but sums: a row is the sum of the cells that belong to it over all
partitions. A cell whose metrics are all zero is empty and gives no row.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from dashboard.floor.counter_store import CounterStore
from dashboard.rules.months import last_of_month, month_label
from dashboard.site.load import Site
from streams.metrics import NAMES
from streams.site_time import MINUTE_MS, SiteTime, parse_rfc3339, rfc3339
from streams.store.reader import Cells

By = Literal["agent", "team", "site", "campaign", "queue"]
Period = Literal["minute", "hour", "day", "month"]
BY: tuple[By, ...] = get_args(By)
PERIODS: tuple[Period, ...] = get_args(Period)
UNATTRIBUTED = "~unattributed"
NO_TEAM = "~no-team"
"""The row of the agents who are in no team of the roster in the period."""

_KIND = {"minute": "m", "hour": "h", "day": "d", "month": "mo"}
_CHUNK = 240
_Sums = dict[str, NDArray[np.int64]]


class BadBound(ValueError):
    """A ``--from`` or ``--to`` that is no day, month or instant."""


class TotalsRow(NamedTuple):
    """One row: the period's label, the line's name and the metrics in the order of ``metrics.NAMES``."""

    period: str
    line: str
    values: list[int]


class TotalsPeriod(NamedTuple):
    """One bucket: its key in Redis, its label, its first instant, and the first and last business day it touches."""

    key: int
    label: str
    start_ms: int
    first: date
    last: date


def parse_bound(text: str, time: SiteTime) -> int:
    """``2026-11-23`` or ``2026-11`` (the start of that business day) or an instant -> ms. Raises BadBound."""
    try:
        if match := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", text, re.ASCII):
            year, month, day = match.groups()
            return time.day_of(date(int(year), int(month), int(day or 1))).start_ms
        return parse_rfc3339(re.sub(r"(T\d\d:\d\d)(?=Z|[+-])", r"\1:00", text))
    except (ValueError, OverflowError):  # the latter: the calendar ends with 9999-12-30
        raise BadBound(f"{text!r} is no day (2026-11-23), month (2026-11) or instant (2026-11-23T06:32Z)") from None


def totals(
    reader: CounterStore, partitions: int, site: Site, by: By, period: Period, from_ms: int | None, to_ms: int | None
) -> Iterator[TotalsRow]:
    """The rows of the periods that start in [from_ms, to_ms), by period, then by line."""
    time = site.time
    name = _names(by, site, _newest_day(reader, partitions, time))
    held = {p: set(reader.buckets(p, _KIND[period])) for p in range(partitions)}
    spans = [_span(key, period, time) for key in sorted(set().union(*held.values()))]
    wanted = [s for s in spans if (from_ms is None or s.start_ms >= from_ms) and (to_ms is None or s.start_ms < to_ms)]
    for at in range(0, len(wanted), _CHUNK):
        chunk = wanted[at : at + _CHUNK]
        sums: dict[int, _Sums] = {span.key: {} for span in chunk}
        for p, keys in held.items():
            _add(reader.cells(p, _KIND[period], [s.key for s in chunk if s.key in keys]), chunk, name, sums)
        yield from (row for span in chunk for row in _rows(span, sums[span.key]))


def columns(by: By) -> tuple[str, ...]:
    """The header of the table: the period, the line and every metric."""
    return ("period", by, *NAMES)


def as_dict(row: TotalsRow, by: By) -> dict[str, str | int]:
    """A row by the names of the header."""
    return {"period": row.period, by: row.line, **dict(zip(NAMES, row.values, strict=True))}


def _names(by: By, site: Site, newest: date) -> Callable[[str, TotalsPeriod], str | None]:
    """Which row a line belongs to in a period; None = not in this view."""
    if by in ("campaign", "queue"):
        prefix = f"~{by}:"
        return lambda line, span: line.removeprefix(prefix) if line.startswith(prefix) else None

    def name(line: str, span: TotalsPeriod) -> str | None:
        if line.startswith("~") and line != UNATTRIBUTED:
            return None
        if by == "site":
            return site.name
        return line if by == "agent" or line == UNATTRIBUTED else team(line, span.first, span.last)

    @cache
    def team(agent: str, first: date, last: date) -> str:
        # The team in force on the period's last day; of a period that still runs, on the newest day of the log.
        # Agents who left in the period count in their last team.
        spell = site.spell(agent, first, min(last, max(newest, first)))
        return spell.team if spell else NO_TEAM

    return name


def _newest_day(reader: CounterStore, partitions: int, time: SiteTime) -> date:
    metas = [meta for p in range(partitions) if (meta := reader.meta(p)) is not None]
    return time.day(max((meta.newest_ms or 0 for meta in metas), default=0)).label


def _span(key: int, period: Period, time: SiteTime) -> TotalsPeriod:
    if period in ("minute", "hour"):
        day = time.day(key * MINUTE_MS).label
        return TotalsPeriod(key, rfc3339(key * MINUTE_MS)[:16] + "Z", key * MINUTE_MS, day, day)
    first = last = (
        date(key // 10_000, key // 100 % 100, key % 100) if period == "day" else date(key // 100, key % 100, 1)
    )
    if period == "month":
        last = last_of_month(first)
    label = first.isoformat() if period == "day" else month_label(first)
    return TotalsPeriod(key, label, time.day_of(first).start_ms, first, last)


def _add(
    cells: Iterable[Cells],
    spans: Sequence[TotalsPeriod],
    name: Callable[[str, TotalsPeriod], str | None],
    sums: dict[int, _Sums],
) -> None:
    by_key = {span.key: span for span in spans}
    for bucket, lines, rows in cells:
        into = sums[bucket.key]
        for line, row in zip(lines, rows, strict=True):
            group = name(line, by_key[bucket.key])
            if group is not None:
                into[group] = into[group] + row if group in into else row


def _rows(span: TotalsPeriod, sums: _Sums) -> Iterator[TotalsRow]:
    for line in sorted(sums):
        if sums[line].any():
            yield TotalsRow(span.label, line, sums[line].tolist())
