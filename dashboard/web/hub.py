"""The hub of one web worker: one subscription to Redis for all its viewers, and what they are told while it is lost.

There is one path of recovery. A viewer that connects, sees a gap or falls behind gets the current snapshot; then frames.
One stream carries all the topics that its browser looks at.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from dashboard.board.bus import AWAY, FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.board.topics import older_by, stamp_of
from dashboard.web.channels import Channel, Item, Viewer, notice, pulse
from dashboard.web.snapshots import SnapshotCache
from dashboard.web.viewers import Stream, Viewers
from streams.store.errors import require_passing
from streams.store.outage import Outage

log = logging.getLogger(__name__)

PULSE_S = 2.0
"""So often at least something goes over every stream: a page takes a longer silence for a dead line."""
SILENT_S = 5.0
_POLL_S = 1.0
_END_S = 0.25
_BACK_OFF_S = (0.1, 0.25, 0.5, 1.0)


class UnknownTopic(LookupError):
    """No such board."""


class Hub:
    """Viewers, the connection, and the topics of the moment as ``topics`` says. Viewers are served while it is ``at_work``."""

    def __init__(
        self, bus: FrameReader, topics: Callable[[], Collection[str]], clock_ms: Callable[[], int] = wall_clock_ms
    ) -> None:
        """``clock_ms``: the publisher's clock; by it a snapshot is as old as it is."""
        self._bus = bus
        self._clock_ms = clock_ms
        self._topics = topics
        self.viewers = Viewers(clock_ms)
        self._snapshots = SnapshotCache(bus.snapshot)
        self._channels: dict[str, Channel] = {}
        self._away: bool | None = None
        self.fault: BaseException | None = None
        """What ended the work of the hub for good: the process has to end with it."""
        self._closing = asyncio.Event()

    def require(self, topic: str) -> None:
        """Raises UnknownTopic."""
        if topic not in self._topics():
            raise UnknownTopic(topic)

    async def snapshot(self, topic: str) -> bytes | None:
        """The newest snapshot, from memory; None where there is none. Raises UnknownTopic and what is in bus.AWAY."""
        self.require(topic)
        raw = await self._snapshots.newest(topic)
        return None if raw is None else _aged(raw, self._clock_ms())

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Serves viewers for as long as the block lasts."""
        working = [asyncio.create_task(self._stay_connected()), asyncio.create_task(self._keep_alive())]
        for task in working:
            task.add_done_callback(self._note_end)
        try:
            yield
        finally:
            self.close()
            await _ended(working)
            await self._bus.close()

    def close(self) -> None:
        """Ends every stream, so that the server can stop."""
        self._closing.set()
        self.viewers.end_all()

    def existing(self, topics: Sequence[str]) -> list[str]:
        """Those of the topics that there are, each once."""
        there = self._topics()
        return [topic for topic in dict.fromkeys(topics) if topic in there]

    async def stream(self, topics: Sequence[str], viewer: str = "") -> AsyncIterator[bytes]:
        """SSE bytes for one browser: of each topic a snapshot, then frames; anew after a gap. Raises UnknownTopic.

        ``viewer``: how the browser names itself, see viewers.py.
        """
        for topic in topics:
            self.require(topic)
        async with AsyncExitStack() as leaving:
            stream = leaving.enter_context(self.viewers.streaming(viewer))
            channels = [await leaving.enter_async_context(self._viewing(topic, stream)) for topic in topics]
            places = [Viewer(channel, channel.head) for channel in channels]
            if self._away is not False:
                yield b"".join([notice(topic, "redis").chunk for topic in topics])
            while not self._closing.is_set() and not stream.ended:
                stream.news.clear()  # before it is looked: what comes meanwhile sets it again
                sent = False
                for place in places:
                    if chunk := await self._next(place):
                        yield chunk
                        sent = True
                if not sent:
                    await stream.news.wait()

    async def _next(self, viewer: Viewer) -> bytes:
        """What to send of one topic now; empty: nothing."""
        channel = viewer.channel
        if viewer.is_behind() and channel.subscribed.is_set():
            place = channel.head
            raw = await self._fetch(channel)
            if raw is not None:
                return viewer.restart(raw, place)
        return viewer.advance()

    async def _fetch(self, channel: Channel) -> bytes | None:
        """The snapshot as it is in Redis now, so that no frame lies between it and the channel; None: not to be had."""
        try:
            raw = await self._bus.snapshot(channel.topic)
        except AWAY:
            return None
        return None if raw is None else _aged(raw, self._clock_ms())

    @asynccontextmanager
    async def _viewing(self, topic: str, stream: Stream) -> AsyncIterator[Channel]:
        channel = self._channels.setdefault(topic, Channel(topic))
        channel.listeners.add(stream.news)
        try:
            if len(channel.listeners) == 1:
                await self._subscribe(channel)
            yield channel
        finally:
            channel.listeners.discard(stream.news)
            if not channel.listeners:
                await self._unsubscribe(channel)

    async def _subscribe(self, channel: Channel) -> None:
        # While Redis is away nothing is asked: whoever reconnects subscribes to all that is looked at.
        if self._away is False:
            try:
                await self._bus.subscribe([channel.topic])
            except AWAY as error:
                log.info("subscribing has to wait for Redis: %s", error)

    async def _unsubscribe(self, channel: Channel) -> None:
        channel.subscribed.clear()
        channel.heard_s = None
        try:
            await self._bus.unsubscribe(channel.topic)
        except AWAY as error:
            log.info("nothing to unsubscribe from: %s", error)

    async def _stay_connected(self) -> None:
        outage, at_work = Outage("viewers get no frames", log, _BACK_OFF_S), False
        while True:
            try:
                await self._bus.connect()
                # Viewers who come from now on subscribe on their own; those who came earlier are subscribed here.
                self._away, at_work = False, True
                await self._bus.subscribe([channel.topic for channel in self._channels.values() if channel.listeners])
                outage.over()
                await self._listen()
            except AWAY as error:
                require_passing(error, at_work)
                self._lost()
                await asyncio.sleep(outage.note(error))

    def _note_end(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.fault = error

    async def _listen(self) -> None:
        while True:
            message = await self._bus.receive(_POLL_S)
            channel = self._channels.get(message.topic) if message else None
            if message is None or channel is None:
                continue
            if message.frame is not None:
                channel.put_frame(message.frame, time.monotonic())
            elif channel.listeners:
                channel.subscribed.set()
                channel.heard_s = time.monotonic()  # its silence begins now
                channel.put(Item(None, b""))

    def _lost(self) -> None:
        if self._away is not True:
            for channel in self._channels.values():
                channel.put(notice(channel.topic, "redis"))
        self._away = True
        for channel in self._channels.values():
            channel.subscribed.clear()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(PULSE_S)
            now_s = time.monotonic()
            for channel in self._channels.values():
                if channel.listeners:
                    channel.put(self._pulse(channel, now_s))

    def _pulse(self, channel: Channel, now_s: float) -> Item:
        if self._away:
            return notice(channel.topic, "redis")
        silent = channel.heard_s is None or now_s - channel.heard_s > SILENT_S
        return notice(channel.topic, "publisher") if silent else pulse(channel.topic)


async def _ended(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancels until all have ended.

    Once is not enough on Python 3.11: asyncio.wait_for, by which redis-py sends, may swallow it.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=_END_S)


def _aged(raw: bytes, now_ms: int) -> bytes:
    """A snapshot that nobody renews any more must not look fresh to a page that opens now: its age is put right."""
    lain_s = (now_ms - stamp_of(raw).now_ms) / 1000
    return older_by(raw, lain_s) if lain_s > SILENT_S else raw
