"""Partitions that stand still before the end of their log: said once in the log of the process, with the reason."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from streams.kafka_log.topics import NoSuchTopic, Unreachable

STILL_S = 15.0
_log = logging.getLogger(__name__)


class HoldWatch:
    """``reasons`` asks Kafka: partition -> in words, what holds it back. It may raise topics.Unreachable."""

    def __init__(
        self, reasons: Callable[[], Mapping[int, str]], monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._reasons = reasons
        self._monotonic_s = monotonic_s
        self._stood: dict[int, tuple[int, float]] = {}
        self._named: set[tuple[int, int]] = set()
        self._next_s = monotonic_s()

    def look(self, positions: Mapping[int, int], end: Callable[[int], int | None]) -> None:
        """Partition -> where it is read next, and where its log ends: what stands still between them for long is named."""
        now_s = self._monotonic_s()
        if now_s < self._next_s:
            return
        self._next_s = now_s + 1
        self._stood = {
            number: was if (was := self._stood.get(number)) and was[0] == position else (position, now_s)
            for number, position in positions.items()
        }
        still = {
            number: position
            for number, (position, since_s) in self._stood.items()
            if now_s - since_s >= STILL_S and (number, position) not in self._named and (end(number) or 0) > position
        }
        if still:
            self._next_s = now_s + STILL_S
            with suppress(Unreachable, NoSuchTopic):  # then polling says so
                self._name(still, self._reasons(), end)

    def _name(self, still: Mapping[int, int], reasons: Mapping[int, str], end: Callable[[int], int | None]) -> None:
        for number, position in still.items():
            nothing = f"partition {number}: Kafka gives nothing from offset {position} on, though the log goes on to "
            _log.warning("%s", reasons.get(number) or f"{nothing}{end(number)}; see the broker's log")
            self._named.add((number, position))
