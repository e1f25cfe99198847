"""The newest snapshots in the memory of one web worker: read from Redis and packed once, however many browsers poll."""

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from dashboard.board.topics import older_by, stamp_of

HOLD_S = 0.25
"""The publisher's tick: a snapshot is no older than this when it is given out."""
SILENT_S = 5.0
"""A topic without a frame for so long stands still."""
_MOST_PACKED = 256


class SnapshotCache:
    """``read``: topic -> the snapshot in Redis, None where there is none; its errors go to everyone who waits for it."""

    def __init__(self, read: Callable[[str], Awaitable[bytes | None]], clock_s: Callable[[], float] = time.monotonic):
        self._read = read
        self._clock_s = clock_s
        self._readings: dict[str, tuple[asyncio.Task[bytes | None], float]] = {}
        """By topic the newest reading, and when it began."""
        self._packed: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    async def read_snapshot(self, topic: str) -> bytes | None:
        """The snapshot of a topic, read at most HOLD_S ago."""
        task, begun_s = self._readings.get(topic, (None, 0.0))
        if task is None or (task.done() and self._clock_s() - begun_s > HOLD_S):
            task = asyncio.ensure_future(self._read(topic))
            self._readings[topic] = task, self._clock_s()
        # A browser that goes away must not end the reading for which others wait.
        return await asyncio.shield(task)

    def pack(self, topic: str, etag: str, raw: bytes) -> bytes:
        """A snapshot in gzip; ``etag`` names its tick."""
        if (topic, etag) not in self._packed:
            self._packed[topic, etag] = gzip.compress(raw, compresslevel=1)
            if len(self._packed) > _MOST_PACKED:
                self._packed.popitem(last=False)
        return self._packed[topic, etag]


def age_snapshot(raw: bytes, now_ms: int) -> bytes:
    """A snapshot that stands still with its true age: it must not look fresh to a page that opens now."""
    age_s = (now_ms - stamp_of(raw).now) / 1000
    return older_by(raw, age_s) if age_s > SILENT_S else raw
