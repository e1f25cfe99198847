"""The history of finished shifts, read by a thread of its own: newest day first, again when the day turns or a past day changes.

The thread reads block by block and rests between blocks, so that a tick never waits long for its turn. While the store is away it
waits. Only new or changed days are read again.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from dashboard.floor.counter_store import CounterStore
from dashboard.floor.day_ring import DayRing
from dashboard.people.drops import Limit, TunedLimit
from dashboard.people.history import History, assemble
from dashboard.people.shifts import Shift, blocks_of, read_shift
from dashboard.site.load import Site
from streams.site_time import MINUTE_MS, Day
from streams.store.outage import Outage

log = logging.getLogger(__name__)

DAYS = 38
"""Days looked back: their hour blocks are all kept until the running day is over (streams.counting_policy)."""


class ShiftCache:
    """The shifts of one site and the history made of them, which is replaced as a whole. Any thread may call ``late``.

    ``rest`` is called between the pieces of work; an error that it raises ends a round and loses nothing.
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
        for day in due:
            with self._lock:
                self._begun.add(day)
            changed |= self._replace(day, read_shift(self._store, self._time, day, kept[day], self._rest))
        if changed or self.history is None or self.history.before != today.label:
            shifts = [self._shifts[day] for day in sorted(kept)]
            self.history = assemble(shifts, today.label, self._site, self._limit, self._rest)

    def _forget(self, kept: Iterable[Day]) -> bool:
        """Marks days with late changes, drops days no longer in the store; whether any were dropped."""
        with self._lock:
            late, self._late = self._late, set()
        self._stale |= {self._time.day(block * MINUTE_MS) for block in late}
        gone = self._shifts.keys() - set(kept)
        for day in gone:
            del self._shifts[day]
        return bool(gone)

    def _replace(self, day: Day, shift: Shift) -> bool:
        self._stale.discard(day)
        if shift.equals(self._shifts.get(day)):
            return False
        self._shifts[day] = shift
        return True


_BACK_OFF_S = (0.25, 1.0, 2.0, 5.0)


class ReadingPace(NamedTuple):
    """Seconds: how often the thread looks, how long late changes gather, how long it rests after each piece."""

    look_s: float = 1.0
    settle_s: float = 10.0
    rest_s: float = 0.002


DEFAULT_READING_PACE = ReadingPace()


class _Interrupted(Exception):
    """The round is pointless: the thread ends."""


class HistoryLoader:
    """``history`` is the newest complete one, None until there is one; any thread may ask for it.

    ``away``: what the store raises while it cannot be talked to. ``turn``: a tick holds it while it
    works, and reading goes on when it is free. ``limit``: h of a stratum; None: tuned on its past shifts.
    """

    def __init__(
        self,
        store: CounterStore,
        site: Site,
        clock_ms: Callable[[], int],
        away: tuple[type[Exception], ...],
        limit: Limit | None = None,
        pace: ReadingPace = DEFAULT_READING_PACE,
    ) -> None:
        self._clock_ms, self._away, self._pace = clock_ms, away, pace
        self.turn = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._rings: list[DayRing] = []
        self._cache = ShiftCache(store, site, limit or TunedLimit(), self._rest)

    @property
    def history(self) -> History | None:
        """The newest complete history."""
        return self._cache.history

    def note_late_blocks(self, rings: Sequence[DayRing]) -> None:
        """Called at every tick: notes which past hour blocks changed in the rings. Raises RuntimeError if the thread died."""
        if self._thread is not None and not self._thread.is_alive():
            raise RuntimeError("the thread that reads past shifts has ended; its error stands above")
        for ring in rings:
            if ring.late:
                self._cache.late(ring.late)
                ring.late.clear()
        if self._rings != (now := list(rings)):
            # The followers have read everything again and may have passed over changes of past days.
            self._rings = now
            self._cache.late(None)

    def step(self) -> None:
        """Reads what is new, in the caller's thread, where no thread runs. Raises what the store raises."""
        self._cache.read(self._clock_ms())

    @contextmanager
    def running(self) -> Iterator["HistoryLoader"]:
        """Reads beside the work of the process until the block ends."""
        self._stop.clear()
        self._thread = thread = threading.Thread(target=self._read_on, name="history", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._thread = None
            self._stop.set()
            thread.join()

    def _read_on(self) -> None:
        outage = Outage("past shifts are not read", log, _BACK_OFF_S)
        while not self._stop.is_set():
            try:
                self._cache.read(self._clock_ms())
                outage.over()
                self._wait()
            except _Interrupted:
                return
            except self._away as error:
                self._stop.wait(outage.note(error))

    def _wait(self) -> None:
        """Until the next round is due; late changes gather for a while before."""
        while not self._cache.is_due(self._clock_ms()):
            if self._stop.wait(self._pace.look_s):
                return
        if self._cache.waits:
            self._stop.wait(self._pace.settle_s)

    def _rest(self) -> None:
        if self._stop.wait(self._pace.rest_s):
            raise _Interrupted
        with self.turn:
            pass
