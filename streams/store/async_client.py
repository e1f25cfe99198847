"""Opens clients of Redis for asyncio: one server, a cluster, or a master behind Sentinels.

They do not retry: a caller must know when Redis is away. They wait for at most five seconds.
"""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import redis
import redis.asyncio
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from streams.store.errors import ELSEWHERE, word_of
from streams.store.redis_endpoint import Redis, RedisEndpoint, endpoint_of

_SENTINELS: Any = Sentinel  # it has no types
_WAITING = {"socket_timeout": 5, "socket_connect_timeout": 5}


class _Movable:
    """A mix-in for connections of redis-py that end when the server is no longer the primary, so that the next use connects."""

    async def read_response(self: Any, *args: Any, **how: Any) -> Any:
        try:
            return await super().read_response(*args, **how)  # type: ignore[misc]
        except redis.ResponseError as error:
            if word_of(error) in ELSEWHERE:
                await self.disconnect(nowait=True)
            raise


class _Plain(_Movable, Connection):
    pass


class _Secured(_Movable, SSLConnection):
    pass


_MOVABLE = {"redis": _Plain, "rediss": _Secured}
"""Scheme of a URL -> connection. Sentinels name the primary, and a socket of this machine leads nowhere else."""


class AsyncRedis:
    """The client of one event loop, opened at its first use, so that a process may begin while Redis is away."""

    def __init__(self, server: Redis) -> None:
        self._endpoint = endpoint_of(server)
        self._client: Any = None
        self._attempt: asyncio.Task[Any] | None = None

    async def client(self) -> Any:
        """The open client; callers share an attempt to open it. Raises what redis-py raises, and OSError."""
        if self._client is None:
            if self._attempt is None:
                self._attempt = asyncio.create_task(open_async(self._endpoint))
                self._attempt.add_done_callback(self._note_attempt)
            return await asyncio.shield(self._attempt)
        return self._client

    async def close(self) -> None:
        """Closes the client; a later use opens another."""
        if self._attempt is not None:
            await asyncio.wait([self._attempt])
        client, self._client = self._client, None
        if client is not None:
            await close_async(client)

    def _note_attempt(self, attempt: asyncio.Task[Any]) -> None:
        self._attempt = None
        if not attempt.cancelled() and attempt.exception() is None:
            self._client = attempt.result()


async def open_async(endpoint: RedisEndpoint) -> Any:
    """A client whose Redis answers now. Answers are bytes. Raises what redis-py raises, and OSError."""
    client = _client(endpoint)
    async with AsyncExitStack() as leaving:
        leaving.push_async_callback(close_async, client)
        if not (await client.info("cluster")).get("cluster_enabled"):
            leaving.pop_all()
            return client
    let_in = {**endpoint.sign_in(), **endpoint.tls_files()}
    cluster = redis.asyncio.RedisCluster.from_url(endpoint.plain_url, **_WAITING, **let_in)
    return await cluster.initialize()


async def close_async(client: Any) -> None:
    """Closes a client, or a subscription, and the connections to its Sentinels, which redis-py leaves open."""
    try:
        await client.aclose()
    finally:
        manager = getattr(getattr(client, "connection_pool", None), "sentinel_manager", None)
        for sentinel in manager.sentinels if manager else ():
            await sentinel.aclose()


def _client(endpoint: RedisEndpoint) -> Any:
    try:
        more: dict[str, Any] = {**_WAITING, "retry": Retry(NoBackoff(), 0), **endpoint.tls_files()}
        if not endpoint.by_sentinel:
            kind = _MOVABLE.get(urlsplit(endpoint.plain_url).scheme)
            more |= {"connection_class": kind} if kind else {}
            return redis.asyncio.Redis.from_url(endpoint.plain_url, **more, **endpoint.sign_in())
        more |= {"ssl": True} if endpoint.uses_tls else {}
        sentinels = _SENTINELS(endpoint.sentinels, sentinel_kwargs={**more, **endpoint.sentinel_sign_in()})
        return sentinels.master_for(endpoint.master, db=endpoint.number, **more, **endpoint.sign_in())
    except ValueError as error:  # a URL or a secret that is wrong by now
        raise redis.ConnectionError(str(error)) from error
