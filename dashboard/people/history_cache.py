"""The finished shifts that were read, and the history that they make. Read in rounds; only what is new or changed is read."""

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import NamedTuple

from dashboard.floor.counter_store import CounterStore
from dashboard.people.drop_limits import Limit
from dashboard.people.history import History, assemble
from dashboard.people.shifts import Shift, blocks_of, read_shift
from dashboard.site.load import Site
from streams.site_time import MINUTE_MS, Day

DAYS = 38
"""Days looked back: their hour blocks are all kept until the running day is over (streams.counting_policy)."""


class Progress(NamedTuple):
    """Days read, of how many."""

    done: int
    total: int


class Shelf:
    """Of one site. ``history`` and ``progress`` are replaced as a whole, and ``late`` may be called from any thread.

    ``rest`` is called between the pieces of work; what it raises ends a round and nothing is lost.
    """

    def __init__(self, store: CounterStore, site: Site, limit: Limit, rest: Callable[[], object]) -> None:
        self._store, self._site, self._limit, self._rest = store, site, limit, rest
        self._time = site.time
        self._lock = threading.Lock()
        self._late: set[int] = set()
        self._begun: set[Day] = set()
        self._shifts: dict[Day, Shift] = {}
        self._stale: set[Day] = set()
        self.history: History | None = None
        self.progress = Progress(0, 0)

    @property
    def waits(self) -> bool:
        """Whether late changes wait for the next round."""
        return bool(self._late)

    def late(self, blocks: Iterable[int] | None) -> None:
        """The cells of these hour blocks changed; None: those of any day whose reading has begun may have."""
        with self._lock:
            self._late.update([day.start_ms // MINUTE_MS for day in self._begun] if blocks is None else blocks)

    def is_due(self, now_ms: int) -> bool:
        """Whether a round would find anything new."""
        return self.waits or self.history is None or self.history.before != self._time.day(now_ms).label

    def read(self, now_ms: int) -> None:
        """One round. Raises what the store raises; then call again."""
        today = self._time.day(now_ms)
        first = today.label - timedelta(days=DAYS)
        kept = blocks_of(self._store, self._time, today.start_ms // MINUTE_MS)
        kept = {day: keys for day, keys in kept.items() if day.label >= first}
        changed = self._forget(kept.keys())
        due = sorted((day for day in kept if day in self._stale or day not in self._shifts), reverse=True)
        for done, day in enumerate(due, len(kept) - len(due)):
            self.progress = Progress(done, len(kept))
            with self._lock:
                self._begun.add(day)
            changed |= self._take(day, read_shift(self._store, self._time, day, kept[day], self._rest))
        self.progress = Progress(len(kept), len(kept))
        if changed or self.history is None or self.history.before != today.label:
            shifts = [self._shifts[day] for day in sorted(kept)]
            self.history = assemble(shifts, today.label, self._site, self._limit, self._rest)

    def _forget(self, kept: Iterable[Day]) -> bool:
        """Takes up what came late, drops the days that are no longer kept; whether there were any."""
        with self._lock:
            late, self._late = self._late, set()
        self._stale |= {self._time.day(block * MINUTE_MS) for block in late}
        gone = self._shifts.keys() - set(kept)
        for day in gone:
            del self._shifts[day]
        return bool(gone)

    def _take(self, day: Day, shift: Shift) -> bool:
        self._stale.discard(day)
        if shift.same(self._shifts.get(day)):
            return False
        self._shifts[day] = shift
        return True
