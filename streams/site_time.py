"""Turns instants into minutes, hour blocks, business days and months of a site (docs/rules.md 1). No clock is read.

Instants are integer milliseconds since 1970 UTC. A *minute* is ``floor(ms / 60000)``. A business day is
``[start, next start)``, labelled by the local date on which it starts; a month is the days that carry its month.
"""

import re
import threading
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
FIRST_MS = 0
LAST_MS = 253_402_000_000_000
"""Instants with a business day and a month: from 1970 to the end of 9999, where Python's calendar ends."""
_HOUR_MINUTE = r"([01]\d|2[0-3]):([0-5]\d)"
_RFC3339 = re.compile(
    rf"(\d{{4}}-\d{{2}}-\d{{2}})[Tt ]{_HOUR_MINUTE}:([0-5]\d)(?:\.(\d+))?([Zz]|[+-]{_HOUR_MINUTE})", re.ASCII
)
_SECONDS_MS = {f"{second:02d}": second * 1000 for second in range(60)}
_FRACTIONS_MS = {f".{ms:03d}Z": ms for ms in range(1000)}


class Day(NamedTuple):
    """One business day: its label and the instants [start_ms, end_ms)."""

    label: date
    start_ms: int
    end_ms: int


class Stretch(NamedTuple):
    """Whole seconds of one stretch of time that lie in one minute, one hour block and one day."""

    at_ms: int
    seconds: int


class DayClock(NamedTuple):
    """Where business days begin: the IANA zone and the local wall time ``HH:MM``. Printed, it is a part of a sentence."""

    zone: str
    day_start: str = "00:00"

    def __str__(self) -> str:
        return f"days of {self.zone} from {self.day_start}"


class SiteTime:
    """The clock of one site: its IANA zone and the local wall time at which a business day starts. Threads may share it."""

    def __init__(self, zone: str, business_day_start: str = "00:00") -> None:
        self.clock = DayClock(zone, business_day_start)
        self.zone = ZoneInfo(zone)
        self._day_start = time.fromisoformat(business_day_start)
        self._starts: list[int] = []
        self._days: list[Day] = []
        self._lock = threading.Lock()

    def instant(self, wall: datetime) -> int:
        """A local wall time (no offset) -> ms of the earliest instant whose wall clock, with its date, reads at least that."""
        return _earliest(self.zone, wall)

    def day_of(self, label: date) -> Day:
        """The business day with this label."""
        start = self.instant(datetime.combine(label, self._day_start))
        return Day(label, start, self.instant(datetime.combine(label + timedelta(days=1), self._day_start)))

    def day(self, ms: int) -> Day:
        """The business day in which an instant lies."""
        at = bisect_right(self._starts, ms) - 1
        if at >= 0 and ms < self._days[at].end_ms:
            return self._days[at]
        return self._find_day(ms)

    def block(self, ms: int) -> int:
        """The hour block of an instant: 60 minutes from the business day's start; named by the epoch minute it starts in."""
        start = self.day(ms).start_ms
        return (start + (ms - start) // HOUR_MS * HOUR_MS) // MINUTE_MS

    def _find_day(self, ms: int) -> Day:
        label = datetime.fromtimestamp(ms / 1000, self.zone).date()
        candidates = [self.day_of(label + timedelta(days=shift)) for shift in (-1, 0, 1)]
        day = next(day for day in candidates if day.start_ms <= ms < day.end_ms)
        with self._lock:
            at = bisect_right(self._starts, day.start_ms)
            # The day first: between the two a thread without the lock reads an earlier day at most, and looks on.
            self._days.insert(at, day)
            self._starts.insert(at, day.start_ms)
        return day


def _earliest(zone: ZoneInfo, wall: datetime) -> int:
    # Around a change of clock the wall reads a time twice (take the first pass) or skips it (take the end of the gap):
    # of the transitions near the wall time, the earliest instant from which the wall reads at least that.
    first = wall.replace(tzinfo=zone, fold=0).timestamp()
    second = wall.replace(tzinfo=zone, fold=1).timestamp()
    if first <= second:
        return round(first * 1000)
    return _end_of_gap(zone, round(second * 1000), round(first * 1000), wall)


def _end_of_gap(zone: ZoneInfo, low_ms: int, high_ms: int, wall: datetime) -> int:
    """In a gap the two readings lie on either side of the change: the change is the first instant that reads >= wall."""
    while high_ms - low_ms > 1:
        middle = (low_ms + high_ms) // 2
        reads = datetime.fromtimestamp(middle / 1000, zone).replace(tzinfo=None, fold=0)
        low_ms, high_ms = (low_ms, middle) if reads >= wall else (middle, high_ms)
    return high_ms


def minute_of(ms: int) -> int:
    """The UTC minute of an instant."""
    return ms // MINUTE_MS


def window(now_ms: int, minutes: int) -> tuple[int, int]:
    """The rolling window of whole minutes at ``now``: [from, to); the running minute, shown live, is ``to``."""
    to = minute_of(now_ms)
    return to - minutes, to


def split(from_ms: int, to_ms: int) -> Iterator[Stretch]:
    """[from, to) -> its whole seconds per minute. Both ends are cut down to whole seconds before."""
    at, end = from_ms // 1000, to_ms // 1000
    while at < end:
        edge = min(end, (at // 60 + 1) * 60)
        yield Stretch(at * 1000, edge - at)
        at = edge


def rfc3339(ms: int) -> str:
    """Milliseconds -> ``2026-11-23T06:32:10.250Z``, without the fraction where it is zero."""
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return at.isoformat()[:19] + (f".{ms % 1000:03d}Z" if ms % 1000 else "Z")


def parse_rfc3339(text: str) -> int:
    """RFC 3339 with an offset -> milliseconds; finer than a millisecond is cut. Raises ValueError."""
    # Three instants stand in every call, nearly all like ...:10Z or ...:10.250Z: those cost a third of the general way.
    second_ms, fraction = _SECONDS_MS.get(text[17:19]), text[19:]
    if second_ms is not None and (fraction == "Z" or fraction in _FRACTIONS_MS):
        return _utc_minute(text[:17]) + second_ms + _FRACTIONS_MS.get(fraction, 0)
    return _parse_any(text)


@lru_cache(maxsize=4096)
def _utc_minute(prefix: str) -> int:
    return _parse_any(f"{prefix}00Z")


def _parse_any(text: str) -> int:
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 instant with an offset: {text!r}")
    day, hour, minute, second, fraction, offset = match.groups()[:6]
    ms = int((fraction or "0")[:3].ljust(3, "0"))
    return _whole_minute(day, hour, minute, offset.upper()) + int(second) * 1000 + ms


@lru_cache(maxsize=4096)
def _whole_minute(day: str, hour: str, minute: str, offset: str) -> int:
    at = datetime.fromisoformat(f"{day}T{hour}:{minute}:00{offset.replace('Z', '+00:00')}")
    return round(at.timestamp()) * 1000


class Bucket(NamedTuple):
    """``m`` and ``h``: epoch minute (of the block's start); ``d``: yyyymmdd; ``mo``: yyyymm."""

    kind: str
    key: int


KINDS = ("m", "h", "d", "mo")


def day_key(label: date) -> int:
    """2026-11-23 -> 20261123."""
    return label.year * 10_000 + label.month * 100 + label.day


def days_before(key: int, days: int) -> int:
    """The key of the day so many days before: (20261101, 1) -> 20261031."""
    return day_key(date(key // 10_000, key // 100 % 100, key % 100) - timedelta(days=days))
