"""The bus between publisher and web workers: the one place where dashboard speaks to Redis for delivery.

Each topic has one string, the snapshot, and one channel, the frames. The publisher holds the lease; one process at a time
has it. Everything works on one Redis and on a Redis Cluster (classic PUBLISH reaches every node).
"""

import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboard.board.topics import TopicFrame
from dashboard.floor.partition_follower import HIDDEN_S
from streams.store.async_client import close_async, open_async
from streams.store.errors import StoreAway
from streams.store.redis_endpoint import Redis, endpoint_of

AWAY: tuple[type[Exception], ...] = (*StoreAway, OSError)
"""What is raised while Redis cannot be reached or does not take what it is asked.

Whether waiting helps, ``streams.store.errors.require_passing`` says.
"""
SNAPSHOT_LIFE_MS = int(HIDDEN_S * 1000)
"""Older than 5 minutes a number is hidden: then its snapshot need not live either."""
LEASE_KEY = "callfloor:publisher"
LEASE_MS = 4000
RENEW_MS = 1000
_CHANNELS = "callfloor:frames:"
_ASK_S = 3.0
_SILENT_S = 8.0

_RENEW = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
)
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


class LeaseHeld(Exception):
    """Another publisher is at work."""


def snapshot_key(topic: str) -> str:
    """Where the newest snapshot of a topic lies."""
    return f"callfloor:snapshot:{topic}"


def channel(topic: str) -> str:
    """Where the frames of a topic are published."""
    return f"{_CHANNELS}{topic}"


def snapshots_naming(client: Any, agent: str) -> list[str]:
    """The topics whose newest snapshot names an agent. Raises what is in AWAY."""
    wanted, start = json.dumps(agent, ensure_ascii=False).encode(), snapshot_key("")
    keys = sorted(key.decode() for key in client.scan_iter(match=f"{start}*", count=1000))
    return [key.removeprefix(start) for key in keys if wanted in (client.get(key) or b"")]


class FrameWriter:
    """The publisher's side. The client no longer retries by itself: the publisher must know when Redis was away."""

    def __init__(self, client: Any) -> None:
        client.set_retry(Retry(NoBackoff(), 0))
        self._client = client
        self._clustered = isinstance(client, redis.RedisCluster)

    def publish(self, frames: Iterable[TopicFrame]) -> None:
        """Sets every snapshot and publishes every frame, in one go. Raises what is in AWAY."""
        frames = list(frames)
        if self._clustered:
            self._publish_clustered(frames)
            return
        with self._client.pipeline(transaction=False) as pipe:
            for frame in frames:
                pipe.set(snapshot_key(frame.topic), frame.snapshot, px=SNAPSHOT_LIFE_MS)
                if frame.frame is not None:
                    pipe.publish(channel(frame.topic), frame.frame)
            pipe.execute()

    def _publish_clustered(self, frames: list[TopicFrame]) -> None:
        # All snapshots first: whoever sees a frame finds a snapshot that is at least as new.
        with self._client.pipeline() as pipe:
            for frame in frames:
                pipe.set(snapshot_key(frame.topic), frame.snapshot, px=SNAPSHOT_LIFE_MS)
            pipe.execute()
        node = self._client.get_redis_connection(self._client.get_default_node())
        with node.pipeline(transaction=False) as pipe:
            for frame in frames:
                if frame.frame is not None:
                    pipe.publish(channel(frame.topic), frame.frame)
            pipe.execute()


class Lease:
    """The right to publish. Renewed every second; a publisher that died is followed within seconds."""

    def __init__(
        self,
        client: Any,
        clock_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
        key: str = LEASE_KEY,
        once: bool = False,
    ) -> None:
        """``key``: of which right it is, if not that to publish. ``once``: lost, it is not taken back by holding it."""
        self._client = client
        self._key = key
        self._once = once
        self._clock_ms = clock_ms
        self._token = json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "token": secrets.token_hex(8)})
        self._renewed_ms: int | None = None

    def acquire(self, wait: Callable[[float], object] = time.sleep) -> None:
        """Takes the lease. Raises LeaseHeld at once where its holder is alive; a dead holder's lease is waited out."""
        left_ms = LEASE_MS + 1
        while not self._try():
            found_ms = int(self._client.pttl(self._key))
            # A living holder renews: the time left goes up again. A dead one's only runs out. (-1: it would never.)
            if found_ms > left_ms or found_ms == -1:
                raise LeaseHeld(self._refusal())
            left_ms = found_ms
            wait(min(max(found_ms, 10), RENEW_MS // 4) / 1000)

    def hold(self) -> None:
        """To be called before each publishing. Raises LeaseHeld if another one publishes now, and what is in AWAY."""
        now_ms = self._clock_ms()
        if self._renewed_ms is not None and now_ms - self._renewed_ms < RENEW_MS:
            return
        # A Redis that came back empty has no lease: take it again, if nobody else did.
        renewed = self._client.eval(_RENEW, 1, self._key, self._token, LEASE_MS)
        if not renewed and (self._once or not self._try()):
            raise LeaseHeld(self._refusal())
        self._renewed_ms = now_ms

    def release(self) -> None:
        """Gives the lease back, if it is still ours."""
        self._client.eval(_RELEASE, 1, self._key, self._token)
        self._renewed_ms = None

    def _try(self) -> bool:
        return bool(self._client.set(self._key, self._token, nx=True, px=LEASE_MS))

    def _refusal(self) -> str:
        holder = self._client.get(self._key)
        named = json.loads(holder) if holder else {"host": "?", "pid": "?"}
        return (
            f"another publisher is at work: process {named['pid']} on {named['host']}. "
            "One is enough for all web workers; stop that one first if this one shall take over."
        )


class Message(NamedTuple):
    """What came over the subscription: a frame, or (``frame`` None) the word that a topic is subscribed from now on."""

    topic: str
    frame: bytes | None


class FrameReader:
    """A web worker's side: snapshots, and one subscription for all its topics. Used from one event loop."""

    def __init__(self, server: Redis) -> None:
        self._endpoint = endpoint_of(server)
        self._client: Any = None
        self._pubsub: Any = None
        self._heard_s = 0.0
        self._asked_s = 0.0

    async def connect(self) -> None:
        """Opens new connections; earlier subscriptions are gone. Raises what is in AWAY."""
        await self.close()
        self._client = await open_async(self._endpoint)
        self._pubsub = self._client.pubsub()
        self._heard_s = self._asked_s = time.monotonic()
        # One channel nobody publishes to: the connection is watched also while nobody looks at anything.
        await self._pubsub.subscribe(_CHANNELS)

    async def close(self) -> None:
        """Gives the connections back."""
        parts, self._pubsub, self._client = (self._pubsub, self._client), None, None
        for part in parts:
            if part is not None:
                await close_async(part)

    async def snapshot(self, topic: str) -> bytes | None:
        """The newest snapshot; None where nobody published it lately. Raises what is in AWAY."""
        if self._client is None:
            raise redis.ConnectionError("not connected to Redis")
        found: bytes | None = await self._client.get(snapshot_key(topic))
        return found

    async def subscribe(self, topics: Collection[str]) -> None:
        """Asks for the frames of topics; a Message without a frame confirms each topic. Raises what is in AWAY."""
        if self._pubsub is None:
            raise redis.ConnectionError("not connected to Redis")
        if topics:
            await self._pubsub.subscribe(*(channel(topic) for topic in topics))

    async def unsubscribe(self, topic: str) -> None:
        """The opposite."""
        if self._pubsub is not None:
            await self._pubsub.unsubscribe(channel(topic))

    async def receive(self, timeout_s: float) -> Message | None:
        """The next message, None if there is none in time. Raises what is in AWAY, also when Redis is long silent."""
        found = await self._pubsub.get_message(timeout=timeout_s)
        now_s = time.monotonic()
        if found is None:
            await self._ask(now_s)
            return None
        self._heard_s = now_s
        name = found["channel"].decode() if found["channel"] else ""
        if found["type"] not in ("message", "subscribe") or not name.startswith(_CHANNELS):
            return None
        return Message(name.removeprefix(_CHANNELS), found["data"] if found["type"] == "message" else None)

    async def _ask(self, now_s: float) -> None:
        """A frozen Redis closes no connection: only a question without an answer tells."""
        if now_s - self._heard_s > _SILENT_S:
            raise redis.ConnectionError(f"Redis has not answered for {_SILENT_S:g} s")
        if now_s - max(self._heard_s, self._asked_s) > _ASK_S:
            self._asked_s = now_s
            await self._pubsub.ping()
