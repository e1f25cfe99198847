"""The hub of one web worker: one subscription to Redis for the streams of all its viewers, and outages while it is lost.

There is one path of recovery: a stream that begins, meets a gap or falls behind gets the current snapshot, then frames.
One stream carries all the topics that its browser shows.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from dashboard.board.bus import AWAY, FrameReader
from dashboard.board.publish import wall_clock_ms
from dashboard.board.topics import FLOOR, stamp_of
from dashboard.live.channels import Channel, TopicCursor, TopicEvent, outage_event, pulse_event
from dashboard.live.malformed import MalformedFrames
from dashboard.live.snapshots import SILENT_S, SnapshotCache, age_snapshot
from dashboard.live.viewers import Stream, Viewers
from streams.store.errors import require_passing
from streams.store.outage import Outage

log = logging.getLogger(__name__)

PULSE_S = 2.0
"""The longest time without an event on a stream: a page takes a longer silence for a dead line."""
_POLL_S = 1.0
_END_S = 0.25
_BACK_OFF_S = (0.1, 0.25, 0.5, 1.0)


class UnknownTopic(LookupError):
    """There is no topic of this name."""


_NO_SNAPSHOT: tuple[type[Exception], ...] = (UnknownTopic, *AWAY)


class Hub:
    """Streams and snapshots of the current ``topics``. It serves viewers inside of ``running``."""

    def __init__(
        self, bus: FrameReader, topics: Callable[[], Collection[str]], clock_ms: Callable[[], int] = wall_clock_ms
    ) -> None:
        """``clock_ms``: the publisher's clock, which gives a snapshot its age."""
        self._bus = bus
        self._clock_ms = clock_ms
        self._topics = topics
        self.viewers = Viewers(clock_ms)
        self._malformed = MalformedFrames(clock_ms)
        self.snapshots = SnapshotCache(bus.snapshot)
        self._channels: dict[str, Channel] = {}
        self._away: bool | None = None
        self.fault: BaseException | None = None
        """The error that ended the hub for good: the process has to end with it."""
        self._closing = asyncio.Event()

    async def snapshot(self, topic: str) -> bytes | None:
        """The newest snapshot, from memory; None where there is none. Raises UnknownTopic and what is in bus.AWAY."""
        if topic not in self._topics():
            raise UnknownTopic(topic)
        return self._age(topic, await self.snapshots.read_snapshot(topic))

    async def find_snapshot(self, topic: str) -> bytes | None:
        """The newest snapshot; None also where there is no such topic, and while Redis is away."""
        try:
            return await self.snapshot(topic)
        except _NO_SNAPSHOT:
            return None

    def report(self) -> dict[str, Any]:
        """JSON values of the health report: the viewers, and what came that is no frame."""
        return {**self.viewers.report(), **self._malformed.report()}

    @property
    def works(self) -> bool:
        """Whether its tasks are at work: none ended by a fault, nor is the server stopping."""
        return self.fault is None and not self._closing.is_set()

    async def is_fresh(self) -> bool:
        """Whether Redis answers and the publisher has published lately."""
        raw = await self.find_snapshot(FLOOR)
        return raw is not None and self._clock_ms() - stamp_of(raw).now <= SILENT_S * 1000

    @asynccontextmanager
    async def running(self, *besides: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        """Serves viewers for as long as the block lasts. An error that ends what works ``besides`` ends the hub too."""
        working = [asyncio.create_task(work) for work in (self._stay_connected(), self._keep_alive(), *besides)]
        for task in working:
            task.add_done_callback(self._note_end)
        try:
            yield
        finally:
            self.close()
            await _cancel(working)
            await self._bus.close()

    def close(self) -> None:
        """Ends every stream, so that the server can stop."""
        self._closing.set()
        self.viewers.end_all()

    def existing_topics(self) -> frozenset[str]:
        """The topics that there are by now."""
        return frozenset(self._topics())

    async def stream(self, stream: Stream) -> AsyncIterator[bytes]:
        """SSE bytes for one browser: of each topic, which must exist, a snapshot, then frames; again after a gap."""
        async with AsyncExitStack() as leaving:
            leaving.enter_context(self.viewers.streaming(stream))
            channels = [await leaving.enter_async_context(self._viewing(topic, stream)) for topic in stream.topics]
            cursors = [TopicCursor(channel, channel.head) for channel in channels]
            if self._away is not False:
                yield b"".join([outage_event(topic, "redis").chunk for topic in stream.topics])
            while not self._closing.is_set() and not stream.ended:
                stream.news.clear()  # before the events are read: an event that comes meanwhile sets it again
                sent = False
                for cursor in cursors:
                    if chunk := await self._next(cursor):
                        if not await stream.may_carry(chunk):
                            return
                        yield chunk
                        sent = True
                if not sent:
                    await stream.news.wait()

    async def _next(self, cursor: TopicCursor) -> bytes:
        """The bytes to send of one topic now; may be empty."""
        channel = cursor.channel
        if cursor.is_behind() and channel.subscribed.is_set():
            position = channel.head
            raw = await self._fetch(channel)
            if raw is not None:
                return cursor.restart(raw, position)
        return cursor.advance()

    async def _fetch(self, channel: Channel) -> bytes | None:
        """The snapshot in Redis now, so that no frame lies between it and the channel; None: there is none, or Redis is away."""
        try:
            raw = await self._bus.snapshot(channel.topic)
        except AWAY:
            return None
        return self._age(channel.topic, raw)

    def _age(self, topic: str, raw: bytes | None) -> bytes | None:
        """A snapshot with its true age; None also where it is none of this program."""
        try:
            return None if raw is None else age_snapshot(raw, self._clock_ms())
        except ValueError as error:
            self._malformed.note(topic, error)
            return None

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
        # While Redis is away nothing is asked: after reconnecting, every topic of an open stream is subscribed.
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
                # Streams that begin from now on subscribe their topics; those of earlier streams are subscribed here.
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
            log.critical("the live numbers of this worker ended by %r, and the worker ends with them", error)
            self.fault = error

    async def _listen(self) -> None:
        while True:
            message = await self._bus.receive(_POLL_S)
            channel = self._channels.get(message.topic) if message else None
            if message is None or channel is None:
                continue
            if message.frame is not None:
                try:
                    channel.add_frame(message.frame, time.monotonic())
                except ValueError as error:
                    self._malformed.note(channel.topic, error)
            elif channel.listeners:
                channel.subscribed.set()
                channel.heard_s = time.monotonic()  # its silence begins now
                channel.add_event(TopicEvent(None, b""))

    def _lost(self) -> None:
        for channel in self._channels.values():
            channel.subscribed.clear()
            if self._away is not True:
                channel.add_event(outage_event(channel.topic, "redis"))
        self._away = True

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(PULSE_S)
            now_s = time.monotonic()
            for channel in self._channels.values():
                if channel.listeners:
                    channel.add_event(self._pulse(channel, now_s))

    def _pulse(self, channel: Channel, now_s: float) -> TopicEvent:
        if self._away:
            return outage_event(channel.topic, "redis")
        silent = channel.heard_s is None or now_s - channel.heard_s > SILENT_S
        return outage_event(channel.topic, "publisher") if silent else pulse_event(channel.topic)


async def _cancel(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancels until all have ended.

    Once is not enough on Python 3.11: asyncio.wait_for, by which redis-py sends, may swallow it.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=_END_S)
