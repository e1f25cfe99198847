"""The hub of one web worker: one subscription to Redis for all its viewers, and what they are told while it is lost.

There is one path of recovery. A viewer that connects, sees a gap or falls behind gets the current snapshot; then frames.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

import orjson

from dashboard.live.bus import AWAY, FrameReader
from dashboard.live.frames import older_by, stamp_of
from dashboard.live.publish import wall_clock_ms
from dashboard.web.channels import KEEP_ALIVE, Channel, Item, Viewer, sse
from streams.outage import Outage
from streams.store_errors import require_passing

log = logging.getLogger(__name__)

KEEP_ALIVE_S = 5.0
_POLL_S = 1.0
_END_S = 0.25
_BACK_OFF_S = (0.1, 0.25, 0.5, 1.0)


def notice(source: str) -> Item:
    """The notice that numbers stand still, and whose fault it is: ``redis`` or ``publisher``."""
    return Item(None, sse("outage", orjson.dumps({"source": source})))


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
        """The newest snapshot; None where there is none. Raises UnknownTopic and what is in bus.AWAY."""
        self.require(topic)
        raw = await self._bus.snapshot(topic)
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
        self._tell(Item(None, b""))

    async def stream(self, topic: str) -> AsyncIterator[bytes]:
        """SSE bytes for one viewer: a snapshot, then frames; anew after a gap. Raises UnknownTopic."""
        self.require(topic)
        async with self._viewing(topic) as channel:
            viewer = Viewer(channel.head)
            if self._away is not False:
                yield notice("redis").chunk
            while not self._closing.is_set():
                chunk = await self._next(channel, viewer)
                if chunk:
                    yield chunk

    async def _next(self, channel: Channel, viewer: Viewer) -> bytes:
        if viewer.is_behind(channel) and channel.subscribed.is_set():
            place = channel.head
            raw = await self._fetch(channel)
            if raw is not None:
                return viewer.restart(raw, place)
        sent = viewer.advance(channel)
        if not sent:
            await channel.news(viewer.place)
        return sent

    async def _fetch(self, channel: Channel) -> bytes | None:
        """The snapshot; None while there is none to be had."""
        try:
            return await self.snapshot(channel.topic)
        except AWAY:
            return None

    @asynccontextmanager
    async def _viewing(self, topic: str) -> AsyncIterator[Channel]:
        channel = self._channels.setdefault(topic, Channel(topic))
        channel.viewers += 1
        try:
            if channel.viewers == 1:
                await self._subscribe(channel)
            yield channel
        finally:
            channel.viewers -= 1
            if channel.viewers == 0:
                await self._unsubscribe(channel)

    async def _subscribe(self, channel: Channel) -> None:
        # While Redis is away nothing is asked: whoever reconnects subscribes to all that is looked at.
        if self._away is False:
            try:
                await self._bus.subscribe(channel.topic)
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
        outage = Outage("viewers get no frames", log, _BACK_OFF_S)
        while True:
            try:
                await self._bus.connect([channel.topic for channel in self._channels.values() if channel.viewers])
                self._away = False
                outage.over()
                await self._listen()
            except AWAY as error:
                require_passing(error)
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
            elif channel.viewers:
                channel.subscribed.set()
                channel.put(Item(None, b""))

    def _lost(self) -> None:
        if self._away is not True:
            self._tell(notice("redis"))
        self._away = True
        for channel in self._channels.values():
            channel.subscribed.clear()

    def _tell(self, item: Item) -> None:
        for channel in self._channels.values():
            channel.put(item)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE_S)
            now_s = time.monotonic()
            for channel in self._channels.values():
                if channel.viewers:
                    channel.put(self._pulse(channel, now_s))

    def _pulse(self, channel: Channel, now_s: float) -> Item:
        if self._away:
            return notice("redis")
        silent = channel.heard_s is None or now_s - channel.heard_s > KEEP_ALIVE_S
        return notice("publisher") if silent else Item(None, KEEP_ALIVE)


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
    return older_by(raw, lain_s) if lain_s > KEEP_ALIVE_S else raw
