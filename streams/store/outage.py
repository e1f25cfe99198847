"""Logs the outages of a loop that needs a service, and repeats a step in a thread.

An outage is logged when it begins, once per reason, every minute, and at its end.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from streams.store.errors import advice_of, error_text, is_mistake, passes, word_of

BACK_OFF_S = (0.25, 0.5, 1.0, 2.0)
REMIND_S = 60.0
_SETTLED_S = 5.0
log = logging.getLogger(__name__)


class Outage:
    """The outages of one loop, one after the other. Used by one thread.

    ``effect`` begins the log line, such as "nothing is published".
    """

    def __init__(
        self,
        effect: str,
        log: logging.Logger,
        back_off_s: Sequence[float] = BACK_OFF_S,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._effect = effect
        self._log = log
        self._back_off_s = back_off_s
        self._clock_s = clock_s
        self._tries = 0
        self._since_s = self._said_s = self._next_s = 0.0
        self._reasons: set[str] = set()

    def note(self, error: Exception) -> float:
        """Notes a failed try -> the seconds to wait before the next one, longer from try to try."""
        now_s, reason = self._clock_s(), f"{type(error).__name__} {word_of(error)}"
        if self._tries == 0:
            self._since_s = now_s
        if reason not in self._reasons or now_s - self._said_s >= REMIND_S:
            self._reasons.add(reason)
            self._said_s = now_s
            level, place = logging.WARNING, error if is_mistake(error) else None
            lasted, said = now_s - self._since_s, error_text(error)
            if not passes(error):
                level, said = logging.ERROR, said if place else f"{said}; {advice_of(error)}"
            self._log.log(level, "%s for %.0f s, trying again: %s", self._effect, lasted, said, exc_info=place)
        wait_s = self._back_off_s[min(self._tries, len(self._back_off_s) - 1)]
        self._tries, self._next_s = self._tries + 1, now_s + wait_s
        return wait_s

    def idle(self) -> None:
        """Notes a good try that may not have touched the service: some seconds of them end the outage."""
        if self._tries and self._clock_s() - self._next_s >= _SETTLED_S:
            self.over()

    def over(self) -> None:
        """Notes a good try of the service: the outage is over."""
        if self._tries:
            self._log.warning("it goes on after %.0f s (%s)", self._clock_s() - self._since_s, self._effect)
        self._tries = 0
        self._reasons.clear()


@contextmanager
def repeat_in_thread(
    name: str,
    step: Callable[[], object],
    every_s: float,
    away: tuple[type[Exception], ...],
    at_once: bool = False,
    wake: threading.Event | None = None,
) -> Iterator[None]:
    """Takes the step every ``every_s`` seconds until the block ends, the first one ``at_once`` or after the first wait.

    A step raises ``away`` while Redis is away or refuses: that is logged, and the next step comes in its turn. Whoever sets
    ``wake`` ends a wait early.
    """
    stop, wake, outage = threading.Event(), wake or threading.Event(), Outage(f"{name}: nothing new", log)

    def steps() -> None:
        if not at_once:
            wake.wait(every_s)
        while True:
            wake.clear()
            if stop.is_set():  # it is set before ``wake``, so no end is missed
                return
            try:
                step()
                outage.over()
            except away as error:
                outage.note(error)
            wake.wait(every_s)

    thread = threading.Thread(target=steps, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wake.set()
        thread.join()
