"""One partition of the store as a day's board needs it: loaded once, kept up by its change feed, loaded again after a gap."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import methodcaller

import numpy as np

from dashboard.floor.day_ring import COLUMNS, DayRing, LinePlaces, RingSpan, counts
from dashboard.rules.figures import fill_rows
from streams.events import Snapshot
from streams.metrics import COUNT, Rows
from streams.site_time import Bucket
from streams.store.reader import Change, Meta, Reader

STALE_S = 15.0
"""Figures of an age above this are stale: the screens say so, and nothing new is judged by them."""
HIDDEN_S = 300.0
"""Figures of an age above this are shown by no page."""
_FIRST_CAPACITY = 64


class Table:
    """The cells of one bucket by line. Values are absolute: putting the same cell twice changes nothing.

    Attributes: ``lines`` in the order of their first cell; ``changes`` grows whenever a cell was put or dropped.
    """

    def __init__(self, bucket: Bucket, wanted: Callable[[str], bool]) -> None:
        self.bucket = bucket
        self._places = LinePlaces(wanted)
        self.lines = self._places.lines
        self.changes = 0
        self._rows: Rows = np.zeros((_FIRST_CAPACITY, COUNT), np.int64)

    @property
    def rows(self) -> Rows:
        """int64 (lines x metrics)."""
        return self._rows[: len(self.lines)]

    def put(self, bucket: Bucket, lines: Sequence[str], rows: Rows) -> None:
        """Stores the cells of wanted lines; the cells of another bucket are ignored."""
        if bucket != self.bucket:
            return
        at = self._places.find_places(lines)
        if len(self.lines) > len(self._rows):
            self._rows = fill_rows(self._rows, 2 * len(self.lines))
        if (at >= 0).any():
            self._rows[at[at >= 0]] = rows[at >= 0]
            self.changes += 1

    def drop(self, bucket: Bucket) -> None:
        """Forgets the amounts of a bucket that the store no longer has."""
        if bucket == self.bucket:
            self._rows[:] = 0
            self.changes += 1


log = logging.getLogger(__name__)

_FEED_COUNT = 500
_MOST_PER_TICK = 20
QUEUE, CAMPAIGN, PROJECT = _VIEWS = ("~queue:", "~campaign:", "~project:")
"""What the line of a queue, of a campaign and of a project begins with: further views of facts that agents' lines have."""


class Follower:
    """The newest content of one partition, as far as the board of a day needs it.

    Attributes: ``position`` (the offset up to which the numbers are folded), ``ring``, ``month`` (the month of the ring's day,
    agents and unattributed calls), ``views`` (the lines of queues, campaigns and projects of the day), ``meta`` (None: nothing
    was ever folded), ``states``, ``snapshots``, ``sources``, ``types`` (type of event -> facts of it ever taken), ``source_days``
    (findings per source and day); ``moved`` agents whose state changed since the reader last cleared it; ``loads`` counts how
    often all was read again; ``has_erased``: at the last time, since a person was erased.
    """

    def __init__(self, reader: Reader, partition: int, span: RingSpan, columns: tuple[str, ...] = COLUMNS) -> None:
        self._reader = reader
        self._columns = columns
        self.partition = partition
        self.loads = 0
        self.has_erased = False
        self._erasures: int | None = None
        self.load(span)

    def load(self, span: RingSpan) -> None:
        """Reads everything. The end of the feed is read first, so changes written meanwhile are applied once more."""
        after = self._reader.feed_end(self.partition)
        meta = self._reader.meta(self.partition)
        tables = _tables(span)
        ring = self._read_ring(span, tables)
        states, snapshots = self._reader.states(self.partition), self._reader.snapshots(self.partition)
        sources, types = self._reader.sources(self.partition), self._reader.types(self.partition)
        source_days = self._reader.source_days(self.partition)
        # All reads went well: only now the content may change.
        self.ring, self.meta, self._after = ring, meta, after
        self.month, self.views = tables
        self.states, self.snapshots, self.sources = states, snapshots, sources
        self.types, self.source_days = types, source_days
        self.moved = set(self.states)
        self.position = meta.position if meta else 0
        erasures = meta.erasures if meta else 0
        self.has_erased = self._erasures not in (None, erasures)
        self._erasures = erasures
        self._settling = True
        self.loads += 1
        self._drain()

    def follow(self) -> None:
        """Applies what is new in the feed; reads everything again where the feed has a gap."""
        if not self._drain():
            log.warning("partition %d: the change feed has a gap, reading everything again", self.partition)
            self.load(self.ring.span)

    def lost(self) -> bool:
        """Whether the store has gone back behind what is shown: it was emptied or rolled back."""
        meta = self._reader.meta(self.partition)
        return (meta.position if meta else 0) < self.position

    def _read_ring(self, span: RingSpan, tables: tuple[Table, ...]) -> DayRing:
        """The ring; the cells read for it and those of the month go into the tables too."""
        days = [key for key in self._reader.buckets(self.partition, "d") if key == span.day_key]
        minutes = [key for key in self._reader.buckets(self.partition, "m") if span.first <= key < span.end]
        found = self._reader.cells(self.partition, "d", days)
        ring = DayRing(span, max((len(lines) for _, lines, _ in found), default=0), self._columns)
        for bucket, lines, rows in [*found, *self._reader.cells(self.partition, "m", sorted(minutes))]:
            ring.put(bucket, lines, rows)
        for bucket, lines, rows in [*found, *self._reader.cells(self.partition, "mo", [span.day_key // 100])]:
            for table in tables:
                table.put(bucket, lines, rows)
        return ring

    def _drain(self) -> bool:
        """Applies the feed as far as it goes; False on a gap."""
        for _ in range(_MOST_PER_TICK):
            changes = self._reader.feed(self.partition, self._after, _FEED_COUNT)
            for change in changes:
                if change.entry.erased or not self._follows(change):
                    return False
                self._apply(change)
            if len(changes) < _FEED_COUNT:
                break
        return True

    def _follows(self, change: Change) -> bool:
        # Right after a load the feed may repeat what was read with it: harmless, the values are absolute.
        if self._settling and change.entry.start <= self.position:
            self._settling = change.entry.position < self.position
            return True
        return change.entry.start == self.position

    def _apply(self, change: Change) -> None:
        entry = change.entry
        for part in (self.ring, self.month, self.views):
            for bucket, lines, rows in change.cells:
                part.put(bucket, lines, rows)
            for bucket in entry.dropped:
                part.drop(bucket)
        self.states.update(entry.states)
        self.moved.update(entry.states)
        self.snapshots.update(entry.snapshots)
        self.sources.update(entry.sources)
        self.types.update(entry.types)
        for key in entry.old_source_days:
            self.source_days.pop(key, None)
        self.source_days.update({(day, source): noticed for day, source, noticed in entry.source_days})
        self.meta, self._after = change.meta, change.id
        self.position = max(self.position, entry.position) if self._settling else entry.position


def _tables(span: RingSpan) -> tuple[Table, Table]:
    """The month of the day, and the views of the day."""
    month, day = Bucket("mo", span.day_key // 100), Bucket("d", span.day_key)
    return Table(month, counts), Table(day, methodcaller("startswith", _VIEWS))


def oldest_heartbeat(metas: list[Meta | None]) -> int | None:
    """The newest heartbeat of the least fresh partition in ms; None while any partition has none."""
    beats = [meta.heartbeat_ms if meta else None for meta in metas]
    known = [beat for beat in beats if beat is not None]
    return min(known) if known and len(known) == len(beats) else None


def newest_snapshots(partitions: Iterable[Mapping[str, Snapshot]], kind: str, since_ms: int = 0) -> dict[str, Snapshot]:
    """Snapshots by ``<kind>:<id>`` of every partition -> the newest of each id; those before ``since_ms`` are left out."""
    newest: dict[str, Snapshot] = {}
    for snapshots in partitions:
        for key, snapshot in snapshots.items():
            found, _, id = key.partition(":")
            if found == kind and snapshot.time_ms >= max(since_ms, newest[id].time_ms if id in newest else since_ms):
                newest[id] = snapshot
    return newest
