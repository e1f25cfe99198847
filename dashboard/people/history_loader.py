"""History, read beside the ticks by a thread of its own: newest day first, again when the day turns or a past day changes.

It reads block by block and rests between, so that a tick has never to wait long for its turn. While the store is away it waits.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from dashboard.floor.counter_store import CounterStore
from dashboard.floor.day_ring import DayRing
from dashboard.people.drop_limits import Limit, Tuned
from dashboard.people.history import History
from dashboard.people.history_cache import Progress, Shelf
from dashboard.site.load import Site
from streams.store.outage import Outage

log = logging.getLogger(__name__)

_BACK_OFF_S = (0.25, 1.0, 2.0, 5.0)


class Pace(NamedTuple):
    """How the thread goes about it, in seconds: how often it looks, how long late changes gather, its rest after each piece."""

    look_s: float = 1.0
    settle_s: float = 10.0
    rest_s: float = 0.002


DEFAULT_PACE = Pace()


class _Interrupted(Exception):
    """The round is of no use any more: the thread shall end, or there is another site."""


class HistoryLoader:
    """``history`` is the newest complete one, None until there is one; any thread may ask for it.

    ``away``: what the store raises while it cannot be talked to. ``turn``: who holds it is not disturbed: a tick takes it while
    it works, and the reading goes on when it is free. ``limit``: h of a stratum; None: tuned on its past shifts.
    """

    def __init__(
        self,
        store: CounterStore,
        site: Site,
        clock_ms: Callable[[], int],
        away: tuple[type[Exception], ...],
        limit: Limit | None = None,
        pace: Pace = DEFAULT_PACE,
    ) -> None:
        self._store, self._clock_ms, self._away, self._pace = store, clock_ms, away, pace
        self._limit = limit or Tuned()
        self.turn = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._rings: list[DayRing] = []
        self.use(site)
        self._reading = self._shelf

    @property
    def history(self) -> History | None:
        """The newest complete history."""
        return self._shelf.history

    @property
    def progress(self) -> Progress:
        """How far the reading has come."""
        return self._shelf.progress

    def use(self, site: Site) -> None:
        """Another site: everything is read anew."""
        self._shelf = Shelf(self._store, site, self._limit, self._rest)

    def notice(self, rings: Sequence[DayRing]) -> None:
        """Called at every tick: takes from the rings which past hour blocks changed. Raises RuntimeError if the thread died."""
        if self._thread is not None and not self._thread.is_alive():
            raise RuntimeError("the thread that reads past shifts has ended; its error stands above")
        for ring in rings:
            if ring.late:
                self._shelf.late(ring.late)
                ring.late.clear()
        if self._rings != (now := list(rings)):
            # The followers have read everything anew and may have passed over changes of past days.
            self._rings = now
            self._shelf.late(None)

    def step(self) -> None:
        """Reads what is new now, in the caller's thread; for who runs no thread beside him. Raises what the store raises."""
        self._shelf.read(self._clock_ms())

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
            shelf = self._reading = self._shelf
            try:
                shelf.read(self._clock_ms())
                outage.over()
                self._wait(shelf)
            except _Interrupted:
                continue
            except self._away as error:
                self._stop.wait(outage.note(error))

    def _wait(self, shelf: Shelf) -> None:
        """Until the next round is due; late changes gather for a while before."""
        while self._shelf is shelf and not shelf.is_due(self._clock_ms()):
            if self._stop.wait(self._pace.look_s):
                return
        if shelf.waits:
            self._stop.wait(self._pace.settle_s)

    def _rest(self) -> None:
        if self._stop.wait(self._pace.rest_s) or self._reading is not self._shelf:
            raise _Interrupted
        with self.turn:
            pass
