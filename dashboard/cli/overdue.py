"""How many appeals are overdue, counted beside the work of a process: whoever asks is answered at once."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dashboard.appeals.desk import Desk
from dashboard.live.bus import AWAY
from streams.ledger_reader import LedgerBusy

log = logging.getLogger(__name__)

COUNT_EVERY_S = 60.0


class OverdueCount:
    """The newest count. ``count`` may take its time; of what it raises only that Redis is away or busy is borne."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count = count
        self._newest: int | None = None

    def known(self) -> int | None:
        """None before the first count."""
        return self._newest

    def __call__(self) -> int:
        """As ``known``; 0 before the first count."""
        return self._newest or 0

    def look(self) -> None:
        """Counts once. While Redis is away the last count stands."""
        try:
            self._newest = self._count()
        except AWAY as error:
            log.warning("overdue appeals are not counted while Redis is away: %s", error)
        except LedgerBusy as error:
            log.warning("overdue appeals are counted later: %s", error)

    @contextmanager
    def counting(self, every_s: float = COUNT_EVERY_S) -> Iterator["OverdueCount"]:
        """Counts again and again, in a thread of its own, until the block ends."""
        stop = threading.Event()
        thread = threading.Thread(target=self._until, args=(stop, every_s), name="overdue-appeals", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _until(self, stop: threading.Event, every_s: float) -> None:
        self.look()
        while not stop.wait(every_s):
            self.look()


def overdue_of(desk: Desk) -> OverdueCount:
    """Of the appeals of a desk."""
    return OverdueCount(lambda: sum(each["overdue"] for each in desk.appeals(state="open")))
