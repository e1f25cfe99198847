"""The viewers of one web worker: the open streams and whose they are, the browsers that poll instead, and since when they do.

A browser names itself by a random id. It holds one stream, two while one takes over from the other; a third stream ends the
oldest, whose connection was lost unnoticed. An account holds a few more, for other computers and for tabs that cannot share a
stream; what is beyond is refused, and such a tab polls. A browser whose stream carries nothing polls every two seconds; one that
has not polled for ``ASKING_S`` has its stream again, or is gone.

A stream carries numbers for ``TRUST_S`` after it was last certain that its topics are its bearer's. So no number passes while
nobody can be asked, whatever the reason: it waits for ``PATIENCE_S``, and then the stream ends.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from streams.site_time import rfc3339

STREAMS = 2
"""The most streams of one browser."""
ACCOUNT_STREAMS = 12
"""The most streams of one account or wall, in all its sessions and browsers."""
ASKING_S = 10
TRUST_S, PATIENCE_S = 3.5, 10.0
_ID_LENGTH = 64
_REMEMBERED = 10_000
_WITH_NUMBERS = (b"event: snapshot\n", b"event: frame\n")


class Bearer(NamedTuple):
    """Whose a stream is, as the browser proved it: the token of a session, that of a wall, and the address it came from."""

    session: str = ""
    wall: str = ""
    address: str = ""


@dataclass(eq=False)
class Stream:
    """One open stream; ``news`` wakes it, and once ``ended`` is set it stops.

    ``viewer``: how the browser names itself. ``holder``: the account or wall whose streams are counted together.
    """

    topics: tuple[str, ...]
    viewer: str = ""
    bearer: Bearer = Bearer()
    holder: str = ""
    trusted_s: float = field(default_factory=time.monotonic)
    """When it was last certain that the topics are the bearer's, by the clock of ``time.monotonic``."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    _vouched: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_trusted(self) -> bool:
        """Whether it may carry numbers now."""
        return not self.ended and time.monotonic() - self.trusted_s < TRUST_S

    def trust(self, asked_s: float) -> None:
        """The topics were the bearer's at a moment."""
        self.trusted_s = asked_s
        self._vouched.set()

    def end(self) -> None:
        """Stops the stream."""
        self.ended = True
        self.news.set()
        self._vouched.set()

    async def may_carry(self, chunk: bytes) -> bool:
        """Whether these events may go out, for which numbers may have to wait; else the stream stops."""
        if self.is_trusted:
            return True
        if self.ended or any(kind in chunk for kind in _WITH_NUMBERS):
            await self._wait_for_trust()
            return self.is_trusted
        return True

    async def _wait_for_trust(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while not self.ended and not self.is_trusted:
                    self._vouched.clear()
                    await self._vouched.wait()


class Viewers:
    """``clock_ms``: now. Streams of a viewer or of a holder with an empty id are counted and not limited by it."""

    def __init__(self, clock_ms: Callable[[], int]) -> None:
        self._clock_ms = clock_ms
        self._streams: list[Stream] = []
        self._asking: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def open_streams(self) -> list[Stream]:
        """The streams that have not ended."""
        return [stream for stream in self._streams if not stream.ended]

    def is_full(self, holder: str) -> bool:
        """Whether an account or a wall has as many streams as it may."""
        same = (each.holder == holder and not each.ended for each in self._streams)
        return bool(holder) and sum(same) >= ACCOUNT_STREAMS

    @contextmanager
    def streaming(self, stream: Stream) -> Iterator[None]:
        """Counts a stream for as long as the block lasts; one that is beyond those of its holder ends."""
        stream.viewer = stream.viewer[:_ID_LENGTH]
        if self.is_full(stream.holder):
            stream.end()
        self._streams.append(stream)
        # An id is no secret: whoever knows that of another person's browser does not end its streams.
        whose = stream.viewer, stream.holder
        same = [each for each in self._streams if (each.viewer, each.holder) == whose and not each.ended]
        for oldest in same[:-STREAMS] if stream.viewer else ():
            oldest.end()
        try:
            yield
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
