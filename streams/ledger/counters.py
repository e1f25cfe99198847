"""Differences of lines -> changes of cells per minute, hour block, business day and month.

A batch adds everything up per minute and rolls its minutes up once, so the cost of the coarser buckets does not grow with the
number of facts. The store makes absolute values.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from streams.counting_policy import Counting, Retention
from streams.ledger.outcome import Difference
from streams.site_time import HOUR_MS, MINUTE_MS, Bucket, SiteTime, day_key, minute_of

CellChanges = dict[Bucket, dict[str, int]]
"""Bucket -> line -> amounts (``streams.metrics``) to add; may be negative."""


class Limits(NamedTuple):
    """The lowest key of each kind that is within its retention at one moment of the log; lower ones are dropped."""

    buckets: dict[str, int]
    """By kind of bucket."""
    call_stamp: int
    fact_stamp: int

    def raised_to(self, other: "Limits | None") -> "Limits":
        """The higher of each limit and that of another."""
        if other is None:
            return self
        buckets = {kind: max(limit, other.buckets[kind]) for kind, limit in self.buckets.items()}
        stamps = max(self.call_stamp, other.call_stamp), max(self.fact_stamp, other.fact_stamp)
        return Limits(buckets, *stamps)

    def keeps(self, bucket: Bucket) -> bool:
        """Whether a bucket is still within its retention."""
        return bucket.key >= self.buckets[bucket.kind]


def limits_at(newest_ms: int, counting: Counting, retention: Retention, site_time: SiteTime) -> Limits:
    """The limits where the newest accepted event time of the partition is ``newest_ms``. No clock is read."""
    label = site_time.day(newest_ms).label
    months = label.year * 12 + label.month - 1 - retention.months
    month = months // 12 * 100 + months % 12 + 1
    hour = newest_ms // HOUR_MS
    return Limits(
        {
            "m": minute_of(newest_ms - retention.minutes_ms),
            "h": minute_of(newest_ms - retention.hours_ms),
            "d": month * 100 + 1,
            "mo": month,
        },
        hour - counting.lateness_ms // HOUR_MS - 1,
        hour - retention.ledger_ms // HOUR_MS - 1,
    )


class MinuteSums:
    """The amounts that a batch adds to each minute and line."""

    def __init__(self) -> None:
        self._sums: dict[int, dict[str, int]] = {}
        self._long: list[Difference] = []

    def add(self, differences: Iterable[Difference]) -> None:
        """Adds differences up. Those that cancel out leave a zero, which is no change."""
        for difference in differences:
            line, minute, amounts, minutes = difference
            if minutes != 1:
                self._long.append(difference)
            else:
                self.add_amounts((line,), minute, amounts)

    def add_amounts(self, lines: Iterable[str], minute: int, amounts: int) -> None:
        """Adds the same amounts to each of the lines."""
        sums = self._sums.get(minute)
        if sums is None:
            sums = self._sums[minute] = {}
        for line in lines:
            sums[line] = sums.get(line, 0) + amounts

    def move_line(self, line: str, target: str) -> None:
        """Gives to one line what was added to another."""
        for sums in self._sums.values():
            if amounts := sums.pop(line, 0):
                sums[target] = sums.get(target, 0) + amounts
        self._long = [each._replace(line=target) if each.line == line else each for each in self._long]

    def cells(self, site_time: SiteTime, limits: Limits) -> CellChanges:
        """The sums, rolled up into every bucket that is within its retention."""
        cells: CellChanges = {}
        for minute, sums in self._sums.items():
            for bucket in _buckets(minute, site_time):
                if limits.keeps(bucket):
                    _pour(sums, cells.setdefault(bucket, {}))
        for difference in self._long:
            for bucket, minutes in _buckets_of_long(difference, site_time, limits):
                _pour({difference.line: minutes * difference.amounts}, cells.setdefault(bucket, {}))
        return cells


def _buckets(minute: int, site_time: SiteTime) -> Iterator[Bucket]:
    label = site_time.day(minute * MINUTE_MS).label
    yield Bucket("m", minute)
    yield Bucket("h", site_time.block(minute * MINUTE_MS))
    yield Bucket("d", day_key(label))
    yield Bucket("mo", day_key(label) // 100)


def _buckets_of_long(difference: Difference, site_time: SiteTime, limits: Limits) -> Iterator[tuple[Bucket, int]]:
    """The buckets of many minutes in a row that are within their retention, and how many of the minutes lie in each."""
    month = limits.buckets["mo"]
    oldest_day = date(month // 100, month % 100, 1)
    at = max(difference.minute, minute_of(site_time.day_of(oldest_day).start_ms))
    end = difference.minute + difference.minutes
    yield from ((Bucket("m", minute), 1) for minute in range(max(at, limits.buckets["m"]), end))
    while at < end:
        day_end = minute_of(site_time.day(at * MINUTE_MS).end_ms)
        edge = min(end, day_end, site_time.block(at * MINUTE_MS) + 60)
        for bucket in _buckets(at, site_time):
            if bucket.kind != "m" and limits.keeps(bucket):
                yield bucket, edge - at
        at = edge


def _pour(sums: dict[str, int], cells: dict[str, int]) -> None:
    for line, amounts in sums.items():
        if amounts:
            cells[line] = cells.get(line, 0) + amounts
