"""Counts what came over a channel of frames and is no frame, so that the health report names it; one log line a minute."""

import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)
_REMIND_MS = 60_000
_RECENT_MS = 600_000
"""So long the newest one is a thing to do."""


class MalformedFrames:
    """``clock_ms``: now."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._count = 0
        self._topic = ""
        self._newest_ms = self._logged_ms = -_RECENT_MS

    def note(self, topic: str, error: Exception) -> None:
        """A message or a snapshot of a topic was dropped."""
        self._count, self._topic, self._newest_ms = self._count + 1, topic, self._clock_ms()
        if self._newest_ms - self._logged_ms >= _REMIND_MS:
            self._logged_ms = self._newest_ms
            log.warning("dropped on topic %s, %d since the start: %s", topic, self._count, error)

    def report(self) -> dict[str, Any]:
        """JSON values: how many were dropped since the start, and the topic of the newest; 0 and null once it is long ago."""
        recent = self._clock_ms() - self._newest_ms <= _RECENT_MS
        return {"malformed": self._count if recent else 0, "malformed_topic": self._topic if recent else None}
