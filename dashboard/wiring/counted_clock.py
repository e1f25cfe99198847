"""The clock of what is counted, for the watch of the site: asked again and again, it never raises what Redis raises."""

from collections.abc import Callable
from contextlib import suppress

from dashboard.board.bus import AWAY
from streams.metrics import UnknownSchema
from streams.site_time import DayClock
from streams.store.reader import Reader


class CountedClock:
    """Called, it gives the clock; while Redis is away the one it gave last, None before anything is counted."""

    def __init__(self, reader: Callable[[], Reader]) -> None:
        self._reader = reader
        self._last: DayClock | None = None

    def __call__(self) -> DayClock | None:
        with suppress(*AWAY, UnknownSchema):
            self._last = self._reader().clock()
        return self._last
