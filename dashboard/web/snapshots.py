"""The newest snapshots in the memory of one web worker: Redis is read once per topic and tick, however many ask."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

HELD_S = 0.25
"""The publisher's tick: a snapshot is no older than this when it is given out."""


@dataclass
class _Held:
    reading: asyncio.Task[bytes | None]
    begun_s: float


class SnapshotCache:
    """``read``: topic -> the snapshot in Redis, None where there is none; what it raises goes to everyone who waits for it."""

    def __init__(self, read: Callable[[str], Awaitable[bytes | None]], clock_s: Callable[[], float] = time.monotonic):
        self._read = read
        self._clock_s = clock_s
        self._held: dict[str, _Held] = {}

    async def newest(self, topic: str) -> bytes | None:
        """The snapshot of a topic as it was at most HELD_S ago, or as it is read now."""
        held = self._held.get(topic)
        if held is None or (held.reading.done() and self._clock_s() - held.begun_s > HELD_S):
            held = self._held[topic] = _Held(asyncio.ensure_future(self._read(topic)), self._clock_s())
        # One asker who goes away must not end what the others wait for.
        return await asyncio.shield(held.reading)
