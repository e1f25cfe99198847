"""The viewers of one web worker: the open streams, the browsers that poll snapshots instead, and since when they do.

A browser names itself by a random id. It holds one stream, two while one takes over from the other; a third stream ends the
oldest, whose connection was lost unnoticed. A session holds a few more, for tabs of a browser that cannot share a stream; what
is beyond is refused, and such a tab polls. A browser whose stream carries nothing polls every two seconds; one that has not
polled for ``ASKING_S`` has its stream again, or is gone.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from streams.site_time import rfc3339

STREAMS = 2
"""The most streams of one browser."""
SESSION_STREAMS = 6
"""The most streams of one session."""
ASKING_S = 10
_ID_LENGTH = 64
_REMEMBERED = 10_000


@dataclass(eq=False)
class Stream:
    """One open stream; ``news`` wakes it, and once ``ended`` is set it stops."""

    viewer: str
    session: str = ""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def end(self) -> None:
        """Stops the stream."""
        self.ended = True
        self.news.set()


class Viewers:
    """``clock_ms``: now. Streams of a viewer or of a session with an empty id are counted and not limited by it."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._streams: list[Stream] = []
        self._asking: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def is_full(self, session: str) -> bool:
        """Whether a session has as many streams as it may."""
        return (
            bool(session)
            and sum(each.session == session and not each.ended for each in self._streams) >= SESSION_STREAMS
        )

    @contextmanager
    def streaming(self, viewer: str, session: str = "") -> Iterator[Stream]:
        """One stream of a viewer for as long as the block lasts; one that is beyond those of its session has ended."""
        stream = Stream(viewer[:_ID_LENGTH], session, ended=self.is_full(session))
        self._streams.append(stream)
        # An id is no secret: whoever knows that of another person's browser does not end its streams.
        same = [
            each for each in self._streams if (each.viewer, each.session) == (stream.viewer, session) and not each.ended
        ]
        for oldest in same[:-STREAMS] if stream.viewer else ():
            oldest.end()
        try:
            yield stream
        finally:
            self._streams.remove(stream)

    def note_poll(self, viewer: str) -> None:
        """A viewer polls a snapshot in place of its stream."""
        now_ms, viewer = self._clock_ms(), viewer[:_ID_LENGTH]
        first_ms, last_ms = self._asking.pop(viewer, (now_ms, now_ms))
        self._asking[viewer] = (first_ms if now_ms - last_ms <= ASKING_S * 1000 else now_ms, now_ms)
        if len(self._asking) > _REMEMBERED:
            self._asking.popitem(last=False)

    def end_all(self) -> None:
        """Ends every stream."""
        for stream in self._streams:
            stream.end()

    def report(self) -> dict[str, Any]:
        """JSON values: open streams, viewers that poll instead, and the RFC 3339 time since when the first of them does."""
        least_ms = self._clock_ms() - ASKING_S * 1000
        since = [first_ms for first_ms, last_ms in self._asking.values() if last_ms >= least_ms]
        return {
            "streams": len(self._streams),
            "asking": len(since),
            "asking_since": rfc3339(min(since)) if since else None,
        }
