"""What a loop says while something it needs is away: once when it begins, once per reason, every minute, and at the end."""

import logging
import time
from collections.abc import Callable, Sequence

from streams.store_errors import advice_of, is_mistake, passes, said_by, word_of

BACK_OFF_S = (0.25, 0.5, 1.0, 2.0)
REMIND_S = 60.0
_SETTLED_S = 5.0


class Outage:
    """One loop's outages, one after the other. Used by one thread.

    ``effect``: what does not happen meanwhile, as the beginning of a sentence ("nothing is published").
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
        """A try failed -> the seconds to wait before the next one, longer from try to try."""
        now_s, reason = self._clock_s(), f"{type(error).__name__} {word_of(error)}"
        if self._tries == 0:
            self._since_s = now_s
        if reason not in self._reasons or now_s - self._said_s >= REMIND_S:
            self._reasons.add(reason)
            self._said_s = now_s
            level, place = logging.WARNING, error if is_mistake(error) else None
            lasted, said = now_s - self._since_s, said_by(error)
            if not passes(error):
                level, said = logging.ERROR, said if place else f"{said}; {advice_of(error)}"
            self._log.log(level, "%s for %.0f s, trying again: %s", self._effect, lasted, said, exc_info=place)
        wait_s = self._back_off_s[min(self._tries, len(self._back_off_s) - 1)]
        self._tries, self._next_s = self._tries + 1, now_s + wait_s
        return wait_s

    def idle(self) -> None:
        """A try went well that may not have touched what failed: some seconds of them end the outage."""
        if self._tries and self._clock_s() - self._next_s >= _SETTLED_S:
            self.over()

    def over(self) -> None:
        """A try went well."""
        if self._tries:
            self._log.warning("it goes on after %.0f s (%s)", self._clock_s() - self._since_s, self._effect)
        self._tries = 0
        self._reasons.clear()
