"""Values of Redis in memory for a second at most, each read once however many callers wait for it.

A change in another process is in force here when the second is over, without any message between processes. The second counts
from the moment of asking, by a clock that never goes back.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
LIFE_MS = 1000
MOST = 10_000
"""So many values stay in memory; the oldest go first."""


def monotonic_ms() -> int:
    """A clock for durations."""
    return time.monotonic_ns() // 1_000_000


class BriefCache(Generic[Value]):
    """What ``read`` answers for a key. None and errors are never kept: a key that is not there is asked for each time."""

    def __init__(
        self,
        read: Callable[[str], Awaitable[Value | None]],
        clock_ms: Callable[[], int] = monotonic_ms,
        most: int = MOST,
    ) -> None:
        self._read = read
        self._clock_ms = clock_ms
        self._most = most
        self._values: OrderedDict[str, tuple[int, Value]] = OrderedDict()
        self._reads: dict[str, asyncio.Task[Value | None]] = {}

    async def get(self, key: str) -> Value | None:
        """The value, at most a second old. Raises what ``read`` raises."""
        held = self._values.get(key)
        if held is not None and self._clock_ms() - held[0] < LIFE_MS:
            return held[1]
        reading = self._reads.get(key)
        if reading is None:
            reading = self._reads[key] = asyncio.create_task(self._fetch(key))
            reading.add_done_callback(_retrieve)
        return await asyncio.shield(reading)

    def forget(self, key: str) -> None:
        """The next ``get`` reads anew; what is being read now is not kept."""
        self._values.pop(key, None)
        self._reads.pop(key, None)

    def clear(self) -> None:
        """As ``forget``, for every key."""
        self._values.clear()
        self._reads.clear()

    async def _fetch(self, key: str) -> Value | None:
        asked_ms = self._clock_ms()
        task = asyncio.current_task()
        try:
            value = await self._read(key)
            if self._reads.get(key) is task:
                self._values.pop(key, None)
                if value is not None:
                    self._values[key] = asked_ms, value
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
            return value
        finally:
            if self._reads.get(key) is task:
                del self._reads[key]


def _retrieve(task: "asyncio.Task[Value | None]") -> None:
    """An error belongs to the callers; where all of them left, nobody is there to see it."""
    if not task.cancelled():
        task.exception()
