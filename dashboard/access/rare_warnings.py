"""Warnings that anybody can cause as often as they like: the log has the first one of a word at once, and then one a minute."""

import time
from collections.abc import Callable
from logging import WARNING, Logger

EVERY_S = 60.0


class RareWarnings:
    """``log``: where they go. The words are few, and not those of whoever causes the warnings."""

    def __init__(self, log: Logger, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock_s = clock_s
        self._words: dict[str, tuple[float, int]] = {}
        """Word -> when the log had its last line, and how often it was left out since."""

    def note(self, word: str, text: str, *, level: int = WARNING, mistake: Exception | None = None) -> None:
        """Something happened once more. The line says how many before it were left out, and where a ``mistake`` was made."""
        now_s = self._clock_s()
        logged_s, left_out = self._words.get(word, (now_s - EVERY_S, 0))
        if now_s - logged_s < EVERY_S:
            self._words[word] = logged_s, left_out + 1
            return
        self._words[word] = now_s, 0
        before = f" (and {left_out} times before)" if left_out else ""
        self._log.log(level, "%s%s", text, before, exc_info=mistake)
