"""Shifts, breaks and absences in local wall times -> planned time in UTC seconds, laid on the business days of the site.

A shift counts without its own breaks; overlapping shifts merge. Time off (a rostered training, a meeting, protected
time, an outage) is taken out like a break. Planned time lies on the business day where the clock lies, but an absence
for a day (a holiday, leave) removes the whole shift that starts on it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.rules.targets import Pieces
from streams.site_time import Day, SiteTime

QUARTER_S = 900
"""Offsets of all zones in use are whole quarter hours, so within one the clock hour does not change."""


class Wall(NamedTuple):
    """A stretch of local wall time without offset."""

    start: datetime
    end: datetime


class PlannedShift(NamedTuple):
    """One shift of one agent in local wall times."""

    start: datetime
    end: datetime
    breaks: tuple[Wall, ...] = ()


class Span(NamedTuple):
    """[start, end) in seconds since 1970, UTC."""

    start_s: int
    end_s: int


class Piece(NamedTuple):
    """A part of a span within one local clock hour, with that hour's arrival weight."""

    start_s: int
    end_s: int
    weight: float


def starts_on_none(time: SiteTime, shifts: Iterable[PlannedShift], away: Collection[date]) -> list[PlannedShift]:
    """The shifts that start on a business day other than those of ``away`` (holidays, leave)."""
    return [shift for shift in shifts if time.day(time.instant(shift.start)).label not in away]


def planned(time: SiteTime, shifts: Iterable[PlannedShift], off: Iterable[Wall] = ()) -> list[Span]:
    """Shifts -> disjoint spans in order: without breaks, merged, without what is ``off``."""
    found: list[Span] = []
    for shift in shifts:
        found += without([span(time, Wall(shift.start, shift.end))], [span(time, pause) for pause in shift.breaks])
    return without(merged(found), [span(time, wall) for wall in off])


def span(time: SiteTime, wall: Wall) -> Span:
    """Local wall times -> UTC seconds. In a gap both ends may fall on its end: an empty span."""
    return Span(time.instant(wall.start) // 1000, time.instant(wall.end) // 1000)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in any order -> the disjoint spans they cover, in order, none empty."""
    found: list[Span] = []
    for start, end in sorted(each for each in spans if each.start_s < each.end_s):
        if found and start <= found[-1].end_s:
            found[-1] = Span(found[-1].start_s, max(end, found[-1].end_s))
        else:
            found.append(Span(start, end))
    return found


def without(spans: Sequence[Span], off: Iterable[Span]) -> list[Span]:
    """Disjoint spans minus others, in any order and overlapping as they may."""
    left = list(spans)
    for start, end in merged(off):
        left = [part for a in left for part in (*_within(a, a.start_s, start), *_within(a, end, a.end_s))]
    return left


def by_day(spans: Sequence[Span], days: Sequence[Day]) -> list[list[Span]]:
    """Spans cut at the edges of business days: one list per day; spans outside all days are left out."""
    starts = [day.start_ms // 1000 for day in days]
    found: list[list[Span]] = [[] for _ in days]
    for each in spans:
        for at in range(max(0, bisect_right(starts, each.start_s) - 1), bisect_left(starts, each.end_s)):
            found[at] += _within(each, starts[at], days[at].end_ms // 1000)
    return found


def first_part(spans: Sequence[Span], kept: float) -> list[Span]:
    """The rest of a shift after leave for a fraction of the day. The list does not say which part is off, so the last part is.

    ``kept`` is 0..1 of the planned seconds, rounded to whole ones.
    """
    left, found = round(seconds(spans) * kept), []
    for start, end in spans:
        found.append(Span(start, min(end, start + left)))
        left -= found[-1].end_s - start
    return [each for each in found if each.start_s < each.end_s]


def seconds(spans: Iterable[Span]) -> int:
    """How long spans last together."""
    return sum(end - start for start, end in spans)


def clock_hours(zone: ZoneInfo, day: Day) -> list[tuple[Span, int]]:
    """A business day -> its stretches of one local clock hour each, as the clock shows them (0..23)."""
    end_s = day.end_ms // 1000
    quarters = range(day.start_ms // 1000, end_s, QUARTER_S)
    hours = [(next(run), hour) for hour, run in groupby(quarters, lambda at_s: datetime.fromtimestamp(at_s, zone).hour)]
    ends = [*(start for start, _ in hours[1:]), end_s]
    return [(Span(start, end), hour) for (start, hour), end in zip(hours, ends, strict=True)]


def pieces(spans: Sequence[Span], hours: Sequence[tuple[Span, int]], arrival: Sequence[float]) -> list[Piece]:
    """Planned spans of one day -> pieces with the arrival weight of their clock hour; no ``arrival`` = uniform."""
    if not arrival:
        return [Piece(start, end, 1.0) for start, end in spans]
    cut = [(part, arrival[hour]) for each in spans for edge, hour in hours for part in _within(each, *edge)]
    return [Piece(start, end, float(weight)) for (start, end), weight in cut]


def pack(rows: Sequence[Sequence[tuple[int, int, float]]]) -> Pieces:
    """Pieces of each row -> arrays (rows x the most pieces), padded with empty ones."""
    table = np.zeros((3, len(rows), max(map(len, rows), default=0)))
    for at, each in enumerate(rows):
        table[:, at, : len(each)] = np.array(each).reshape(-1, 3).T
    return Pieces(table[0].astype(np.int64), table[1].astype(np.int64), table[2])


def _within(each: Span, start: int, end: int) -> list[Span]:
    part = Span(max(each.start_s, start), min(each.end_s, end))
    return [part] if part.start_s < part.end_s else []
